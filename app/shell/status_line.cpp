#include "app/shell/status_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "app/panels/explanation.h"
#include "app/shell/application.h"
#include "app/ui/widgets.h"
#include "engine/core/task_pool.h"

namespace fovea::app {
namespace {

std::string activity(Application& application, const Frame& frame) {
    if (const auto fetching = application.loader().fetching())
        return fmt::format("fetching {}: {:.0f}%", fetching->name, fetching->share * 100);
    if (application.loader().loading()) return "loading the model";
    if (application.writing()) return "writing — Esc stops";
    if (const auto layers = application.layers_read())
        return fmt::format("reading: layer {} of {}", layers->at, layers->all);
    if (frame.stale && application.error().empty()) return "reading";
    if (shows_explanation(frame.view) && application.explanation().stale()) {
        const auto progress = application.explanation().ticket.progress();
        return fmt::format("explaining: {:.0f}%", 100 * (progress ? progress->share : 0));
    }
    return "";
}

std::string edits_label(const Frame& frame) {
    const Index edits = frame.document.edits.count();
    if (edits == 0) return "";
    const std::string count = edits == 1 ? "1 edit" : fmt::format("{} edits", edits);
    if (!frame.document.edits_enabled) return count + " off — Tab shows them again";
    if (frame.document.picture_only)
        return count + " on the picture only — Tab shows the model unedited";
    return count + " — Tab shows the model unedited";
}

/// What was strange about the model, the first in a line without its folder.
std::string first_warning(const LoadedModel& model) {
    if (model.warnings.empty()) return "";
    const std::string& sentence = model.warnings.front();
    const size_t slash = sentence.rfind('/', sentence.find(": "));
    return slash == sentence.npos ? sentence : sentence.substr(slash + 1);
}

}  // namespace

std::string forward_words(double milliseconds) {
    if (milliseconds <= 0) return "forward unchanged";
    if (milliseconds < 0.05) return "forward < 0.1 ms";
    if (milliseconds < 10000) return fmt::format("forward {:.1f} ms", milliseconds);
    return fmt::format("forward {:.1f} s", milliseconds / 1000);
}

void draw_status_line(Application& application, Frame& frame, ImVec2 min, ImVec2 max) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(min, max, frame.theme.panel);
    ImFont* font = frame.fonts.small;
    const float y = widgets::text_top(font, min.y, max.y - min.y);
    const float end = max.x - frame.px(16);
    // In the sentence the arrows move the caret.
    std::string keys = application.focused_prompt() != nullptr    ? ""
                       : application.arrows == ArrowTarget::heads ? "arrows: heads · "
                                                                  : "arrows: tokens · ";
    keys += application.history().can_undo() ? "Ctrl+Z undo · F1 keys" : "F1 keys";
    widgets::text_right(list, font, {end, y}, frame.theme.muted, keys);
    const float limit = end - widgets::text_size(font, keys).x - frame.px(16);

    float x = min.x + frame.px(16);
    const auto item = [&](const std::string& text, ImU32 colour) {
        if (text.empty() || x >= limit) return;
        widgets::clipped_text(list, font, {std::floor(x), y}, limit - x, colour, text);
        x += widgets::text_size(font, text).x + frame.px(18);
    };
    if (frame.reading) {
        const size_t tokens = frame.reading->tokens.size();
        const size_t target = frame.reading->target_tokens.size();
        const Reading* other = frame.against.get();
        item(other ? fmt::format("A {}, B {} tokens", tokens, other->tokens.size())
             : frame.part != Part::self ? fmt::format("{} + {} tokens", tokens, target)
             : tokens == 1              ? "1 token"
                                        : fmt::format("{} tokens", tokens),
             frame.theme.muted);
        item(forward_words(frame.reading->forward_ms), frame.theme.muted);
    } else if (frame.sentence_is_empty) {
        item("0 tokens", frame.theme.muted);
    }
    const int threads = thread_count();
    item(fmt::format("CPU {} {} · scoring: {}", threads, threads == 1 ? "thread" : "threads",
                     frame.textures.scoring_label()),
         frame.theme.muted);
    item(edits_label(frame), frame.theme.amber);
    if (const auto& model = application.model(); model && !model->warnings.empty()) {
        const float from = x;
        item(first_warning(*model), frame.theme.text);
        if (x > from) {
            ImGui::SetCursorScreenPos({from, min.y});
            widgets::hit(frame, "model warnings", {std::min(x, limit) - from, max.y - min.y},
                         fmt::format("This model\n{}", fmt::join(model->warnings, "\n")));
        }
    }
    item(activity(application, frame), frame.theme.blue);
}

}  // namespace fovea::app
