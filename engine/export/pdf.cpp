#include <cairo-pdf.h>

#include "engine/export/file_content.h"
#include "engine/export/output_file.h"
#include "engine/figure/scene_cairo.h"

namespace fovea {
namespace {

struct Target {
    OutputFile file;
    Status status;
};

cairo_status_t take(void* state, const unsigned char* data, unsigned length) {
    auto& target = *static_cast<Target*>(state);
    if (!target.status) return CAIRO_STATUS_WRITE_ERROR;
    target.status = target.file.write(std::as_bytes(std::span(data, length)));
    return target.status ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

// The properties that every reader shows: all pairs as JSON stand under "keywords", because the
// oldest cairo supported has no properties of our own naming.
void set_properties(cairo_surface_t* surface, const Scene& scene, const Metadata& metadata) {
    for (const auto& [key, value, is_json] : metadata) {
        if (key == "text")
            cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, value.c_str());
        if (key == "version")
            cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, value.c_str());
#if CAIRO_VERSION >= CAIRO_VERSION_ENCODE(1, 18, 0)
        cairo_pdf_surface_set_custom_metadata(surface, key.c_str(), value.c_str());
#endif
    }
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, scene.title.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS,
                                   metadata_json(metadata, -1).c_str());
}

Status write_pdf(const FileContent& content, const std::filesystem::path& temporary,
                 const Progress&, const CancelToken& cancel) {
    const Scene& scene = content.picture().scene;
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    Target target{std::move(file), {}};
    CairoSurface surface(
        cairo_pdf_surface_create_for_stream(take, &target, scene.width, scene.height));
    set_properties(surface.get(), scene, content.metadata);
    const Status drawn = draw_scene(scene, surface.get(), 1);
    cairo_surface_finish(surface.get());
    FOVEA_CHECK(target.status);
    FOVEA_CHECK(drawn);
    if (const auto status = cairo_surface_status(surface.get()); status != CAIRO_STATUS_SUCCESS)
        return Error{cairo_status_to_string(status)};
    return target.file.close();
}

}  // namespace

Exporter pdf_exporter() {
    return {".pdf", "Document (PDF)", true, write_pdf};
}

}  // namespace fovea
