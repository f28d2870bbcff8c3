#include "engine/figure/text_ruler.h"

#include "engine/figure/pango_text.h"

namespace fovea {

PangoContextHandle make_pango_context() {
    PangoContextHandle context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context.get(), options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context.get(), FALSE);
    return context;
}

PangoLayoutHandle make_layout(PangoContext* context, std::string_view text,
                              const TextStyle& style) {
    PangoLayoutHandle layout(pango_layout_new(context));
    PangoFontDescription* font = pango_font_description_new();
    pango_font_description_set_family_static(font, scene_font_family);
    pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font, PANGO_WEIGHT_SEMIBOLD);
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
}

struct TextRuler::State {
    PangoContextHandle context = make_pango_context();
};

TextRuler::TextRuler() : state_(std::make_unique<State>()) {}
TextRuler::~TextRuler() = default;

double TextRuler::width(std::string_view text, const TextStyle& style) {
    const PangoLayoutHandle layout = make_layout(state_->context.get(), text, style);
    PangoRectangle logical;
    pango_layout_get_extents(layout.get(), nullptr, &logical);
    return static_cast<double>(logical.width) / PANGO_SCALE;
}

std::vector<std::string> TextRuler::wrapped(std::string_view text, const TextStyle& style,
                                            double limit) {
    const PangoLayoutHandle layout = make_layout(state_->context.get(), text, style);
    pango_layout_set_width(layout.get(), static_cast<int>(limit * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    std::vector<std::string> lines;
    for (int i = 0; i < pango_layout_get_line_count(layout.get()); ++i) {
        const PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), i);
        std::string piece(
            text.substr(static_cast<size_t>(line->start_index), static_cast<size_t>(line->length)));
        while (!piece.empty() && piece.back() == ' ')
            piece.pop_back();
        lines.push_back(std::move(piece));
    }
    return lines;
}

}  // namespace fovea
