#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/findings.h"
#include "engine/core/result.h"
#include "engine/jobs/job_context.h"
#include "engine/session/reading.h"

namespace fovea {

/// What an analysis is asked about: one sentence as it was read, or two.
struct Subjects {
    std::shared_ptr<const Reading> a;  ///< never null
    std::shared_ptr<const Reading> b;  ///< the second sentence; null: there is none
    bool with_edits = true;
    /// Of an encoder-decoder, whose attention; else Part::self.
    Part part = Part::self;

    const Model& model() const { return *a->request.model->model; }
    const Trace& trace() const { return a->shown(with_edits, part); }
    /// The pass that made the hidden states, of the only stack or the decoder: edits of the picture
    /// only are not in it.
    const Trace& model_trace() const { return a->shown(with_edits && !a->picture_only()); }
};

/// What a person may set. Each analysis reads what it declares; all have defaults.
struct Parameters {
    std::optional<Index> position = std::nullopt;       ///< default: where predictions are shown
    std::optional<std::int32_t> target = std::nullopt;  ///< default: the model's best token
    std::optional<std::int32_t> versus = std::nullopt;  ///< default: none
    /// Default: the heaviest key of the last query, in the first head.
    std::optional<HeadCell> cell = std::nullopt;
    /// An analysis' own, by their names; see Analysis::own.
    std::map<std::string, std::string, std::less<>> own = {};
    bool operator==(const Parameters&) const = default;

    std::string_view chosen(std::string_view name, std::string_view otherwise) const {
        const auto found = own.find(name);
        return found == own.end() ? otherwise : std::string_view(found->second);
    }
};

/// A parameter of one analysis alone: a choice among words. The first one is the default.
struct OwnParameter {
    std::string_view name;      ///< "colour": an option --colour, a control in the view
    std::string_view question;  ///< what it decides, for help
    std::span<const std::string_view> choices;
};

/// A question that can be asked of a model and its sentence. One is one file beside this one and
/// one line in list.h; its place in the menus and keys, its exports, `fovea analyse NAME` and the
/// test on every architecture follow.
struct Analysis {
    std::string_view name;      ///< on the command line, in files and sessions: "lens"
    std::string_view title;     ///< in menus: "Logit lens"
    std::string_view question;  ///< "What would the model say after each layer?"
    std::string_view citation;  ///< "nostalgebraist 2020"

    /// What it cannot do without.
    struct Needs {
        bool language_head = false;
        bool second_sentence = false;
    } needs = {};
    /// Which of Parameters it reads.
    struct Reads {
        bool position = false;
        bool target = false;
        bool versus = false;
        bool cell = false;
        bool part = false;  ///< of an encoder-decoder, whose attention
    } reads = {};
    std::span<const OwnParameter> own = {};
    /// Where the whole answer of a long sentence takes its time: the parameter of its own, and its
    /// value, that give a part of it at once, which a window shows first.
    struct Sketch {
        std::string_view parameter, value;
    };
    std::optional<Sketch> sketch = std::nullopt;

    /// Blocks; any thread. Errors: what is not there (a position, a head, a language head), in a
    /// sentence; `cancelled_message`. Cancellation is looked at once a layer at least.
    Result<Findings> (*compute)(const Subjects&, const Parameters&, const JobContext&);
};

/// All of them, in the order of list.h.
std::span<const Analysis> analyses();

/// By its name; null where there is none.
const Analysis* analysis_by_name(std::string_view name);

/// A sentence that says why the subjects cannot be asked this, and what they can be asked instead;
/// nullopt: they can.
std::optional<std::string> cannot_ask(const Analysis& analysis, const Subjects& subjects);

/// Checks needs and parameters, then computes. A pass that holds NaN or infinity has no answer:
/// that is an error, too.
Result<Findings> analyse(const Analysis& analysis, const Subjects& subjects,
                         const Parameters& parameters, const JobContext& context);

}  // namespace fovea
