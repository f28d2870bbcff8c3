#include "app/panels/export_choices.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

#include "app/panels/explanation.h"
#include "app/panels/export_explanation.h"
#include "app/panels/panel_parts.h"
#include "app/ui/scene_painter.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float choice_label_room = 84, row_gap = 10;  // design pixels

/// Label at the left; the control comes at the cursor.
void label(Frame& frame, std::string_view words, float height) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImFont* face = frame.fonts.text;
    widgets::text(ImGui::GetWindowDrawList(), face,
                  {corner.x, widgets::text_top(face, corner.y, height)}, frame.theme.muted, words);
    ImGui::SetCursorScreenPos({corner.x + frame.px(choice_label_room), corner.y});
}

void draw_place(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    const float height = widgets::control_height(frame);
    label(frame, "folder", height);
    controls.text_field("folder", choices.folder, "The folder to write into");
    widgets::gap(frame, row_gap);
    label(frame, "name", height);
    if (controls.text_field("name", choices.name,
                            "The file's name\nAn ending that is typed chooses the format"))
        take_typed_ending(choices);
    widgets::gap(frame, row_gap);
    label(frame, "format", height);
    std::vector<std::string> names;
    for (const Exporter& exporter : exporters())
        names.push_back(fmt::format("{}  {}", exporter.label, exporter.ending));
    const std::vector<std::string_view> labels(names.begin(), names.end());
    if (controls.choice("format", choices.format, labels, "The file's format"))
        drop_typed_ending(choices);
    widgets::gap(frame, row_gap);
}

void draw_heads(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    const DialogSection section(frame, 28 + row_gap);
    const HeadId id = chosen_head(frame);
    const std::string layer = layer_name(id.layer);
    const std::string head = short_head_name(id);
    const std::array<std::string_view, 3> labels{head, layer, "all heads"};
    const bool one_layer = holds(choices) == Exporter::Holds::array;
    int chosen = static_cast<int>(heads_in_force(choices));
    label(frame, "heads", frame.px(28));
    const char* tip =
        one_layer           ? "Which heads are written\nThis format holds one array, of one layer"
        : frame.edit_part() ? "Which heads are written\nA head, a layer and a picture are of the "
                              "part in view; all heads are those of all three"
                            : "Which heads are written";
    if (controls.segments("heads", chosen, {labels.data(), one_layer ? size_t{2} : size_t{3}}, tip))
        choices.heads = static_cast<ExportChoices::Heads>(chosen);
}

/// One switch of "what", in the left or the right half of a row.
struct Switch {
    const char* name;
    bool* on;
    const char* tip;
};

/// Two switches a row.
void draw_switches(Frame& frame, DialogControls& controls, std::span<const Switch> switches) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float half = ImGui::GetContentRegionAvail().x / 2, height = std::floor(frame.px(24));
    for (size_t i = 0; i < switches.size(); ++i) {
        ImGui::SetCursorScreenPos({corner.x + half * static_cast<float>(i % 2),
                                   corner.y + height * static_cast<float>(i / 2)});
        controls.toggle(switches[i].name, switches[i].name, *switches[i].on, switches[i].tip);
    }
}

void draw_quantities(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    const Switch weights{"attention weights", &choices.attentions,
                         "Weights after the softmax, every cell"};
    const Switch attention_logits{"attention logits", &choices.attention_logits,
                                  "Before temperature, mask and softmax, every cell"};
    const bool has_logits = frame.reading->request.model->model->has_language_head();
    switch (holds(choices)) {
        case Exporter::Holds::array: {
            label(frame, "what", frame.px(28));
            constexpr std::array<std::string_view, 3> labels{
                quantity::attention_weight.brief, "attention logits", quantity::token_logit.brief};
            int array = static_cast<int>(choices.array);
            if (!has_logits && array == 2) array = 0;
            if (controls.segments(
                    "array", array, {labels.data(), has_logits ? size_t{3} : size_t{2}},
                    "The one array of the file\nweights: after the softmax · attention "
                    "logits: before it · logits: of the language-model head"))
                choices.array = static_cast<ExportChoices::Array>(array);
            return;
        }
        case Exporter::Holds::cells: {
            label(frame, "what", frame.px(24));
            // One row a cell: what has no cells has no place there.
            const Switch both[] = {weights, attention_logits};
            draw_switches(frame, controls, both);
            if (!choices.attentions && !choices.attention_logits) choices.attentions = true;
            return;
        }
        case Exporter::Holds::arrays:
            break;
    }
    label(frame, "what", frame.px(24));
    const Switch all[] = {
        weights,
        attention_logits,
        {"row metrics", &choices.metrics, "Entropy and the other measures of every row"},
        {"hidden states", &choices.hidden_states, "The residual stream after every layer"},
        {"logits", &choices.logits, "Of the language-model head, every token"}};
    draw_switches(frame, controls, {all, has_logits ? size_t{5} : size_t{4}});
}

void draw_edits(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    label(frame, "edits", frame.px(24));
    controls.toggle("edits", "with the edits", choices.with_edits,
                    "On: as edited. Off: as the model is", true);
}

void draw_what(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    const DialogSection section(frame, 28 + row_gap);
    constexpr std::array<std::string_view, 2> labels{"this explanation", "attention"};
    int what = static_cast<int>(choices.what);
    label(frame, "what", frame.px(28));
    if (!controls.segments("what", what, labels,
                           "What is written\nthe answer in view, or the attention of the heads"))
        return;
    choices.what = static_cast<ExportChoices::What>(what);
    propose_name(frame, choices);
}

/// The names of the arrays that the file holds, and of those that it leaves to others.
void draw_contents(Frame& frame, const ExportChoices& choices) {
    const AnswerArrays arrays = answer_arrays(frame, choices);
    if (arrays.held.empty()) return;
    std::string words = names_in_words(arrays.held);
    if (!arrays.left_out.empty())
        words += fmt::format("; not {}, too large for text: .npz holds them",
                             names_in_words(arrays.left_out));
    constexpr float height = 24, line = 16;  // design pixels
    label(frame, "arrays", frame.px(height));
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    ImFont* face = frame.fonts.small;
    float top = widgets::text_top(face, corner.y, frame.px(height));
    FontMeasure measure(frame.fonts, frame.scale);
    constexpr size_t most_lines = 6;
    auto lines = measure.wrapped(words, {11}, room / frame.scale);
    if (lines.size() > most_lines) {
        lines.resize(most_lines);
        lines.back() += " …";
    }
    for (const std::string& words_of_line : lines) {
        widgets::clipped_text(ImGui::GetWindowDrawList(), face, {corner.x, std::floor(top)}, room,
                              frame.theme.muted, words_of_line);
        top += frame.px(line);
    }
}

/// Which of its tables, arrays or figures, where the format does not hold all of them.
void draw_parts(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    const auto parts = answer_parts(frame, choices);
    if (parts.empty()) return draw_contents(frame, choices);
    const bool one_array = holds(choices) == Exporter::Holds::array && !draws(choices);
    std::string& chosen = one_array ? choices.found_array : choices.finding;
    std::vector<std::string_view> labels;
    int at = 0;
    for (const AnswerPart& part : parts) {
        if (part.name == chosen) at = static_cast<int>(labels.size());
        labels.emplace_back(part.label);
    }
    label(frame,
          draws(choices) ? "figure"
          : one_array    ? "array"
                         : "table",
          widgets::control_height(frame));
    if (controls.choice("part", at, labels,
                        one_array ? "The one array of the file" : "All of the answer, or one part"))
        chosen = parts[static_cast<size_t>(at)].name;
}

}  // namespace

void propose_name(const Frame& frame, ExportChoices& choices) {
    if (!frame.reading) return;
    const std::string& model = frame.reading->request.model->name;
    propose_name(choices, writes_explanation(frame, choices)
                              ? fmt::format("{} {}", model, chosen_analysis(frame.view).name)
                              : model);
}

void draw_export_choices(Frame& frame, DialogControls& controls, ExportChoices& choices) {
    draw_place(frame, controls, choices);
    if (shows_explanation(frame.view)) draw_what(frame, controls, choices);
    if (writes_explanation(frame, choices)) {
        const DialogSection section(frame, 28 + 4 * 24 + 3 * row_gap);
        return draw_parts(frame, controls, choices);
    }
    draw_heads(frame, controls, choices);
    {
        const DialogSection section(frame, 3 * 24 + row_gap);
        if (!draws(choices)) draw_quantities(frame, controls, choices);
    }
    {
        const DialogSection section(frame, 24 + row_gap);
        // A difference is one between with and without.
        if (frame.reading->edited && !export_job(frame, choices).less)
            draw_edits(frame, controls, choices);
    }
}

}  // namespace fovea::app
