#include <span>

#include "engine/core/base64.h"
#include "engine/export/file_content.h"
#include "engine/export/output_file.h"
#include "engine/figure/scene_cairo.h"
#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

// cairo's SVG turns letters into outlines; here they stay text that can be found, copied and
// edited.

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : printable_text(text)) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string hexadecimal(const Colour& colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

// A coordinate to a hundredth, without trailing zeros.
std::string number(double value) {
    std::string text = fmt::format("{:.2f}", value);
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

std::string dashes(bool dashed) {
    return dashed ? fmt::format(R"( stroke-dasharray="{}")", number(dash_length)) : "";
}

struct SvgWriter {
    std::string svg;
    Status status;

    void operator()(const SceneRectangle& box) {
        svg += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" fill="{}")", number(box.x),
                           number(box.y), number(box.width), number(box.height),
                           hexadecimal(box.colour));
        if (box.opacity < 1) svg += fmt::format(R"( fill-opacity="{}")", number(box.opacity));
        if (box.radius > 0)
            svg += fmt::format(R"( rx="{}" style="shape-rendering:auto")", number(box.radius));
        svg += "/>\n";
    }
    void operator()(const SceneLine& line) {
        svg += fmt::format(
            R"(<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>)",
            number(line.x1), number(line.y1), number(line.x2), number(line.y2),
            hexadecimal(line.colour), number(line.width), dashes(line.dashed));
        svg += '\n';
    }
    void operator()(const ScenePath& path) {
        svg += R"(<polyline fill="none" points=")";
        for (const ScenePoint& point : path.points)
            svg += number(point.x) + ',' + number(point.y) + ' ';
        svg += fmt::format(R"(" stroke="{}" stroke-width="{}" stroke-linejoin="round"{}/>)",
                           hexadecimal(path.colour), number(path.width), dashes(path.dashed));
        svg += '\n';
    }
    void operator()(const SceneCircle& circle) {
        svg += fmt::format(R"(<circle cx="{}" cy="{}" r="{}" fill="{}"/>)", number(circle.x),
                           number(circle.y), number(circle.radius), hexadecimal(circle.colour));
        svg += '\n';
    }
    void operator()(const SceneText& text) {
        constexpr const char* anchors[] = {"start", "middle", "end"};
        svg += fmt::format(R"(<text x="{}" y="{}" font-size="{}" fill="{}")", number(text.x),
                           number(text.y), number(text.style.size), hexadecimal(text.style.colour));
        if (text.style.bold) svg += R"( font-weight="600")";
        if (text.anchor != Anchor::start)
            svg += fmt::format(R"( text-anchor="{}")", anchors[static_cast<size_t>(text.anchor)]);
        if (text.angle != 0)
            svg += fmt::format(R"svg( transform="rotate({} {} {})")svg", number(-text.angle),
                               number(text.x), number(text.y));
        svg += '>' + escaped(text.text) + "</text>\n";
    }
    void operator()(const SceneImage& image) {
        const CairoSurface surface = image_surface(image);
        const auto png = png_bytes(surface.get());
        if (!png) {
            status = png.error();
            return;
        }
        svg += fmt::format(
            R"(<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none")",
            number(image.x), number(image.y), number(image.width), number(image.height));
        svg += R"( style="image-rendering:pixelated" xlink:href="data:image/png;base64,)";
        svg += base64(std::as_bytes(std::span(*png))) + "\"/>\n";
    }
};

std::string origin(const Metadata& metadata) {
    std::string text = "<metadata>\n";
    for (const MetadataEntry& entry : metadata)
        text += fmt::format("<fovea:{0}>{1}</fovea:{0}>\n", entry.key, escaped(entry.value));
    return text + "</metadata>\n";
}

Status write_svg(const FileContent& content, const std::filesystem::path& temporary,
                 const Progress&, const CancelToken& cancel) {
    const Scene& scene = content.picture().scene;
    SvgWriter writer;
    writer.svg = fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:fovea="urn:fovea:reading" width="{0}pt" height="{1}pt" viewBox="0 0 {0} {1}" font-family="{2}">
<title>{3}</title>
<desc>{4}</desc>
<style>rect {{ shape-rendering: crispEdges }} text {{ white-space: pre }}</style>
{5})",
        number(scene.width), number(scene.height), scene_font_family, escaped(scene.title),
        escaped(content.picture().description), origin(content.metadata));
    writer(SceneRectangle{0, 0, scene.width, scene.height, scene.background});
    for (const SceneItem& item : scene.items)
        std::visit(writer, item);
    writer.svg += "</svg>\n";
    FOVEA_CHECK(writer.status);
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    return write_file(temporary, writer.svg);
}

}  // namespace

Exporter svg_exporter() {
    return {".svg", "Drawing (SVG)", true, write_svg};
}

}  // namespace fovea
