// The forward pass against the reference implementation's own results (transformers, float32).
#include "golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "engine/core/cancel.h"
#include "must_have.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int32_t>;

/// One text of a golden folder: its ids, its interventions, the prefix of its tensors' names.
struct Entry {
    ForwardRequest request;
    nlohmann::json edits;
    std::string prefix;
};

struct Totals {
    Agreement agreement;
    int interventions = 0;

    void add(const Agreement& other) {
        agreement.attention = std::max(agreement.attention, other.attention);
        agreement.hidden_state = std::max(agreement.hidden_state, other.hidden_state);
        if (other.logits) agreement.logits = std::max(agreement.logits.value_or(0), *other.logits);
    }
};

/// The first tokens of a sentence, of an encoder-decoder's target.
ForwardRequest shortened(ForwardRequest request, size_t tokens) {
    auto& ids = request.decoder_ids.empty() ? request.ids : request.decoder_ids;
    ids.resize(tokens);
    return request;
}

void expect_same(const Model& model, const Trace& a, const Trace& b) {
    for (const Part part : model.parts()) {
        const Trace &x = a.of(part), &y = b.of(part);
        ASSERT_EQ(x.ids, y.ids);
        ASSERT_EQ(x.hidden_states.size(), y.hidden_states.size());
        for (size_t i = 0; i < x.hidden_states.size(); ++i)
            EXPECT_LE(
                largest_difference(x.hidden_states[i]->values(), y.hidden_states[i]->values()),
                1e-4 * largest_entry(y.hidden_states[i]->values()))
                << part_name(part) << " state " << i;
        for (size_t l = 0; l < x.layers.size(); ++l) {
            const auto last = static_cast<Index>(l);
            const HeadScores &p = x.scores(last), &q = y.scores(last);
            for (Index head = 0; head < p.log_sum.extent(0); ++head)
                for (Index i = 0; i < p.log_sum.extent(1); ++i) {
                    const double expected = q.log_sum_exp(head, i, 1);
                    if (std::isinf(expected))
                        ASSERT_EQ(p.log_sum_exp(head, i, 1), expected);
                    else
                        ASSERT_NEAR(p.log_sum_exp(head, i, 1), expected, 1e-3)
                            << part_name(part) << " layer " << l;
                }
            EXPECT_EQ(x.scores(last).thumbnails.shape(), y.scores(last).thumbnails.shape());
        }
    }
}

/// A person types, takes back, and changes the middle: what is reused of the trace before must
/// change nothing.
void check_typing(const Model& model, const Checkpoint& golden, const Entry& entry,
                  const Edits& edits, const std::string& prefix) {
    ForwardRequest whole = entry.request;
    whole.edits = edits;
    const auto& ids = whole.decoder_ids.empty() ? whole.ids : whole.decoder_ids;
    if (ids.size() < 8) return;  // too short to be typed in pieces
    auto trace = must_run(model, shortened(entry.request, ids.size() - 4), nullptr);
    for (size_t n = ids.size() - 3; n < ids.size(); ++n)
        trace = must_run(model, shortened(entry.request, n), trace.get());
    trace = must_run(model, entry.request, trace.get());
    trace = must_run(model, whole, trace.get());
    compare_with_golden(model, *trace, golden, prefix);

    // Edits that name the last tokens have nothing to act on in a shorter sentence.
    if (!edits.blocks.empty()) return;
    const auto taken_back = must_run(model, shortened(whole, ids.size() - 3), trace.get());
    expect_same(model, *taken_back, *must_run(model, shortened(whole, ids.size() - 3), nullptr));
    ForwardRequest changed = whole;
    auto& changed_ids = whole.decoder_ids.empty() ? changed.ids : changed.decoder_ids;
    changed_ids[changed_ids.size() / 2] ^= 1;
    expect_same(model, *must_run(model, changed, trace.get()), *must_run(model, changed, nullptr));
    compare_with_golden(model, *must_run(model, whole, taken_back.get()), golden, prefix);
}

void check_entry(const Model& model, const Checkpoint& golden, const Entry& entry, Totals& totals) {
    const auto plain = run(model, entry.request, nullptr, {});
    ASSERT_TRUE(plain.ok()) << plain.message();
    totals.add(compare_with_golden(model, **plain, golden, entry.prefix));
    check_typing(model, golden, entry, {}, entry.prefix);
    for (const auto& [name, json] : entry.edits.items()) {
        ForwardRequest request = entry.request;
        const auto parsed = parse_edits(json.dump(), name);
        ASSERT_TRUE(parsed.ok()) << parsed.message();
        request.edits = *parsed;
        const std::string prefix = entry.prefix + "edit." + name + ".";
        const auto edited = run(model, request, nullptr, {});
        ASSERT_TRUE(edited.ok()) << edited.message();
        totals.add(compare_with_golden(model, **edited, golden, prefix));
        // The same again from the unedited trace: layers that are reused must change nothing.
        const auto reusing = run(model, request, plain->get(), {});
        ASSERT_TRUE(reusing.ok()) << reusing.message();
        compare_with_golden(model, **reusing, golden, prefix);
        check_typing(model, golden, entry, *parsed, prefix);
        ++totals.interventions;
    }
}

void check_folder(const fs::path& folder, const fs::path& golden_folder) {
    const auto model = Model::load(folder);
    ASSERT_TRUE(model.ok()) << model.message();
    const auto golden = Checkpoint::open_safetensors(golden_folder / "golden.safetensors");
    ASSERT_TRUE(golden.ok()) << golden.message();
    const auto json = read_json(golden_folder / "golden.json");
    const auto none = nlohmann::json::object();
    Totals totals;
    if (json.is_array()) {
        for (size_t i = 0; i < json.size(); ++i)
            check_entry(**model, **golden,
                        {{json[i]["ids"].get<Ids>(), {}, json[i].value("decoder_ids", Ids{})},
                         json[i].value("edits", none),
                         std::to_string(i) + "."},
                        totals);
    } else {
        check_entry(**model, **golden,
                    {{json["input_ids"].get<Ids>(), {}, decoder_ids(**golden)}, json["edits"], ""},
                    totals);
    }
    // What tests/agreement.sh makes the README's table of.
    const Agreement& worst = totals.agreement;
    fmt::print("agreement {} attention {:.0e} states {:.0e} logits {} interventions {}\n",
               folder.filename().string(), worst.attention, worst.hidden_state,
               worst.logits ? fmt::format("{:.0e}", *worst.logits) : "-", totals.interventions);
}

void check_folder(const fs::path& folder) {
    check_folder(folder, folder);
}

/// One of each architecture, tiny and randomly weighted, with every parameter away from its neutral
/// value.
class GoldenOf : public testing::TestWithParam<const char*> {};

TEST_P(GoldenOf, Agrees) {
    check_folder(fs::path(TEST_DATA) / "models" / GetParam());
}

INSTANTIATE_TEST_SUITE_P(Architecture, GoldenOf,
                         testing::Values("albert", "bart", "bert", "bloom", "distilbert", "electra",
                                         "flan_t5", "gemma3_text", "gpt2", "gpt_neo", "gpt_neox",
                                         "llama", "marian", "mistral", "modernbert", "opt", "phi",
                                         "qwen2", "qwen3", "roberta", "t5"),
                         [](const auto& info) { return std::string(info.param); });

/// What others trained is not ours to redistribute.
void check_if_there(const char* name) {
    const fs::path folder = fs::path(GOLDENS) / "models" / name;
    if (!fs::exists(folder)) GTEST_SKIP() << "the reference data is not beside this clone";
    check_folder(folder);
}

TEST(Golden, Stories260k) {
    check_if_there("stories260k");
}
TEST(Golden, MisakiBart) {
    check_if_there("misaki-bart-us");
}
TEST(Golden, AllMiniLM) {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const fs::path base = data ? fs::path(data) : fs::path(home ? home : "/") / ".local/share";
    const fs::path folder = base / "fovea/models/all-MiniLM-L6-v2";
    if (!fs::exists(folder / "model.safetensors"))
        GTEST_SKIP() << "all-MiniLM-L6-v2 is not here: `fovea get all-MiniLM-L6-v2` fetches it";
    check_folder(folder, fs::path(TEST_DATA) / "all-MiniLM-L6-v2");
}

}  // namespace
}  // namespace fovea::test
