// Every analysis on every architecture: what must close closes, whatever the model is made of.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/analysis/analysis.h"
#include "engine/analysis/query_key_components.h"
#include "engine/analysis/wording.h"
#include "engine/core/number_text.h"
#include "engine/model/forward.h"
#include "engine/session/predict.h"
#include "engine/trace/head_map.h"
#include "tests/engine/must_have.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> analysed_models() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(TEST_DATA) / "models"))
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

class EveryAnalysis : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        request_.model = must_have(load_folder(fs::path(TEST_DATA) / "models" / GetParam()));
        reading_ = must_have(read_ids(ids_, request_, nullptr, {}));
    }

    const Model& model() const { return *request_.model->model; }
    Subjects subjects(Part part = Part::self) const { return {reading_, nullptr, true, part}; }
    /// Those edits, in force.
    void edit(Edits edits) {
        request_.edits = std::move(edits);
        reading_ = must_have(read_ids(ids_, request_, nullptr, {}));
    }
    static Findings answer(const char* name, const Subjects& subjects,
                           const Parameters& parameters) {
        auto found = analyse(*analysis_by_name(name), subjects, parameters, {});
        EXPECT_TRUE(found.ok()) << found.message();
        return found ? *std::move(found) : Findings();
    }
    static std::vector<float> array(const Findings& found, const std::string& name) {
        for (const FoundArray& one : found.arrays)
            if (one.name == name) {
                std::vector<float> values(static_cast<size_t>(element_count(one.shape)));
                one.fill(0, one.shape.front(), values.data());
                return values;
            }
        ADD_FAILURE() << "no array " << name;
        return {};
    }
    static double sum(const std::vector<float>& values) {
        double total = 0;
        for (const float value : values)
            total += value;
        return total;
    }
    /// Cells of every part, first and last layer and head, near and far keys.
    std::vector<std::pair<Part, HeadCell>> cells() const {
        std::vector<std::pair<Part, HeadCell>> all;
        for (const Part part : model().parts()) {
            const Trace& trace = reading_->shown(true, part);
            for (const Index layer : {Index{0}, model().layers(part) - 1})
                for (const Index head : {Index{0}, model().heads(part) - 1})
                    for (const Index key : {Index{0}, trace.key_length() - 1})
                        all.push_back({part, {layer, head, trace.length() - 1, key}});
        }
        return all;
    }

    const std::vector<std::int32_t> ids_ = {5, 17, 9, 41, 17, 30, 8};
    ReadingRequest request_;
    std::shared_ptr<const Reading> reading_;
};

TEST_P(EveryAnalysis, AnswersOrSaysWhyNot) {
    for (const Analysis& analysis : analyses())
        for (const Part part : model().parts()) {
            SCOPED_TRACE(analysis.name);
            const auto found = analyse(analysis, subjects(part), {}, {});
            const auto why = cannot_ask(analysis, subjects(part));
            ASSERT_EQ(found.ok(), !why) << (found ? *why : found.message());
            if (!found) {
                EXPECT_EQ(found.message(), *why);
                continue;
            }
            EXPECT_FALSE(found->question.empty());
            EXPECT_FALSE(found->sentences.empty());
            EXPECT_FALSE(found->findings.empty());
            for (const FoundArray& one : found->arrays)
                EXPECT_EQ(static_cast<Index>(array(*found, one.name).size()),
                          element_count(one.shape));
        }
}

TEST_P(EveryAnalysis, StopsWhereItIsCancelled) {
    JobContext cancelled;
    cancelled.cancel.cancel();
    for (const Analysis& analysis : analyses()) {
        if (cannot_ask(analysis, subjects(model().parts().back()))) continue;
        const auto found = analyse(analysis, subjects(model().parts().back()), {}, cancelled);
        ASSERT_FALSE(found.ok()) << analysis.name;
        EXPECT_EQ(found.message(), cancelled_message);
    }
}

TEST_P(EveryAnalysis, PairsOfWritersAddUpToTheLogit) {
    for (const auto& [part, cell] : cells()) {
        const Trace& trace = reading_->shown(true, part);
        const auto parts = query_key_components(model(), *reading_->original, part, cell);
        const LayerTrace& layer = *trace.layers[static_cast<size_t>(cell.layer)];
        const double logit = head_map(layer, cell.head, Quantity::logits,
                                      {cell.query, cell.query + 1, cell.key, cell.key + 1})
                                 .at(0, 0);
        double largest = std::abs(logit);
        for (const float product : parts.products.values())
            largest = std::max<double>(largest, std::abs(product));
        const auto where =
            fmt::format("{} L{} H{} key {}", part_name(part), cell.layer, cell.head, cell.key);
        EXPECT_NEAR(parts.sum, logit, 1e-4 * largest) << where;
        EXPECT_NEAR(parts.logit, logit, 1e-5 * largest) << where;
    }
}

/// The table of the row: exp(what is divided by the temperature − log Σ exp) is the weight.
void expect_closing_table(const Findings& found, double temperature,
                          const std::vector<double>& exponentials, double all) {
    const auto& table = std::get<finding::Table>(found.find("weight")->kind);
    const bool tempered = temperature != 1;
    ASSERT_EQ(table.columns.size(), tempered ? 4u : 3u);
    const size_t divided = tempered ? 2 : 1;
    const auto& sum = table.rows.back();
    if (tempered) {
        EXPECT_NEAR(std::get<double>(sum.cells[divided]), std::log(all), 1e-4);
    } else {
        EXPECT_TRUE(std::get<std::string>(sum.cells[divided]).starts_with("log Σ exp "));
    }
    EXPECT_EQ(sum.asides.back().words, tempered ? "temperature 2.50" : "temperature 1.00");
    for (const auto& row : table.rows) {
        const auto* key = std::get_if<HeadCell>(&row.referent);
        if (!key) continue;
        const double weight = std::get<double>(row.cells[divided + 1]);
        EXPECT_NEAR(weight, exponentials[static_cast<size_t>(key->key)] / all, 1e-5);
        if (const auto* exponent = std::get_if<double>(&row.cells[divided]))
            EXPECT_NEAR(std::exp(*exponent - std::log(all)), weight, 1e-5);
        else
            EXPECT_EQ(weight, 0) << "masked";
    }
}

TEST_P(EveryAnalysis, RowsOfACellClose) {
    Edits edits;
    edits.temperatures.push_back({{}, 2.5f});
    for (const bool edited : {false, true}) {
        if (edited) edit(edits);
        for (const auto& [part, cell] : cells()) {
            Parameters parameters;
            parameters.cell = cell;
            const Findings found = answer("cell", subjects(part), parameters);
            const auto row = fmt::format("{}.{}.{}", cell.layer, cell.head, cell.query);
            EXPECT_NEAR(sum(array(found, "attentions." + row)), 1, 1e-5);
            EXPECT_NEAR(sum(array(found, "shares." + row)), 1, 1e-4);
            // The softmax by hand, over the logits as they are told.
            const auto logits = array(found, "attention_logits." + row);
            const auto weights = array(found, "attentions." + row);
            const Trace& trace = reading_->shown(true, part);
            const HeadEdits& own = trace.layers[static_cast<size_t>(cell.layer)]
                                       ->edits[static_cast<size_t>(cell.head)];
            double all = 0;
            std::vector<double> by_hand(logits.size());
            for (size_t j = 0; j < logits.size(); ++j)
                if (own.mask.visible(cell.query, static_cast<Index>(j)))
                    all += by_hand[j] = std::exp(double{logits[j]} / own.temperature);
            for (size_t j = 0; j < logits.size(); ++j)
                EXPECT_NEAR(weights[j], by_hand[j] / all, 1e-5);
            expect_closing_table(found, own.temperature, by_hand, all);
            // Products by dimension, or pair, and the scale.
            const auto* products = found.find("products");
            ASSERT_TRUE(products);
            const auto& bars = std::get<finding::Bars>(products->kind);
            double dot = 0;
            for (const auto& bar : bars.bars)
                dot += bar.value;
            EXPECT_NEAR(dot, *bars.sum, 1e-9 + 1e-9 * std::abs(dot));
            const Projections& p = trace.projections(cell.layer);
            if (p.bias.empty() && p.distance.empty()) {
                EXPECT_NEAR(dot * p.scale, logits[static_cast<size_t>(cell.key)],
                            1e-4 * std::max(1.0, std::abs(dot * p.scale)));
            }
        }
    }
}

/// The best few of a square, by sorting all log-probabilities.
void expect_ranked(const finding::Ranking& ranking, Index square, std::span<const float> row) {
    std::vector<float> sorted(row.begin(), row.end());
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    for (Index i = 0; i < ranking.each; ++i) {
        const auto at = static_cast<size_t>(square * ranking.each + i);
        EXPECT_NEAR(ranking.values[at], std::exp(sorted[static_cast<size_t>(i)]), 1e-5);
        EXPECT_LT(static_cast<size_t>(ranking.which[at]), ranking.names.size());
    }
}

TEST_P(EveryAnalysis, TheLensNamesTheBestOfEverySquareAndRanksTheTarget) {
    if (!model().has_language_head()) return;
    const Index n = reading_->original->length();
    Parameters parameters;
    parameters.target = 3;
    const Findings found = answer("lens", subjects(model().main_part()), parameters);
    const auto ranks = array(found, "lens_ranks"), top = array(found, "lens_top");
    const auto& squares = std::get<finding::Matrix>(found.find("lens")->kind);
    const finding::Ranking& ranking = *squares.ranking;
    const Index vocabulary = model().vocabulary();
    for (Index state = 0; state < squares.values.extent(0); ++state) {
        const auto lens = array(found, fmt::format("lens.{}", state));
        for (Index t = 0; t < n; ++t) {
            const auto row = std::span(lens).subspan(static_cast<size_t>(t * vocabulary),
                                                     static_cast<size_t>(vocabulary));
            const auto square = static_cast<size_t>(state * n + t);
            // Rounding may put those of about the same value in another order.
            const auto clearly = std::count_if(row.begin(), row.end(),
                                               [&](float value) { return value > row[3] + 1e-5f; });
            const auto at_most = std::count_if(
                row.begin(), row.end(), [&](float value) { return value >= row[3] - 1e-5f; });
            EXPECT_GT(ranking.ranks[square], clearly);
            EXPECT_LE(ranking.ranks[square], at_most);
            EXPECT_EQ(ranks[square], static_cast<float>(ranking.ranks[square]));
            for (Index i = 0; i < ranking.each; ++i) {
                const auto at = square * static_cast<size_t>(ranking.each) + static_cast<size_t>(i);
                EXPECT_NEAR(std::exp(row[static_cast<size_t>(top[at])]), ranking.values[at], 1e-5);
            }
            EXPECT_EQ(ranking.names[static_cast<size_t>(
                          ranking.which[square * static_cast<size_t>(ranking.each)])],
                      squares.texts[square]);
        }
    }
}

TEST_P(EveryAnalysis, TheLensEndsInTheModelsOwnPrediction) {
    if (!model().has_language_head()) return;  // it says so: AnswersOrSaysWhyNot
    const Trace& trace = *reading_->original;
    const Findings found = answer("lens", subjects(model().main_part()), {});
    const auto last = array(found, fmt::format("lens.{}", trace.layers.size()));
    const Tensor own = logits(model(), trace, 0, trace.length());
    for (Index t = 0; t < trace.length(); ++t) {
        double sum = 0;
        for (Index v = 0; v < own.extent(1); ++v)
            sum += std::exp(double{own.at(t, v)});
        for (Index v = 0; v < own.extent(1); ++v)
            EXPECT_NEAR(last[static_cast<size_t>(t * own.extent(1) + v)],
                        own.at(t, v) - std::log(sum), 1e-4);
    }
    // The curves and the squares, by hand from the log-probabilities.
    const Index vocabulary = own.extent(1), n = trace.length();
    const auto& squares = std::get<finding::Matrix>(found.find("lens")->kind);
    const auto& curve = std::get<finding::Series>(found.find("divergence")->kind).lines.front();
    const Index position = std::min(reading_->prediction_position.value_or(n - 1), n - 1);
    for (Index state = 0; state < squares.values.extent(0); ++state) {
        const auto lens = array(found, fmt::format("lens.{}", state));
        for (Index t = 0; t < n; ++t) {
            const auto row = std::span(lens).subspan(static_cast<size_t>(t * vocabulary),
                                                     static_cast<size_t>(vocabulary));
            EXPECT_NEAR(squares.values.at(state, t),
                        std::exp(*std::max_element(row.begin(), row.end())), 1e-5);
            expect_ranked(*squares.ranking, state * n + t, row);
        }
        double divergence = 0;
        for (Index v = 0; v < vocabulary; ++v) {
            const auto at = static_cast<size_t>(position * vocabulary + v);
            divergence += std::exp(double{last[at]}) * (double{last[at]} - lens[at]);
        }
        EXPECT_NEAR(curve.values[static_cast<size_t>(state)], divergence,
                    1e-4 * std::max(1.0, divergence));
    }
    // The curves end where the prediction is.
    const auto& divergence = std::get<finding::Series>(found.find("divergence")->kind);
    EXPECT_EQ(divergence.lines.front().values.back(), 0);
    const auto& rank = std::get<finding::Series>(found.find("rank")->kind);
    EXPECT_EQ(rank.lines.front().values.back(), 1) << "unless told, the target is the likeliest";
}

/// A square of the history is the sum of its layers' terms and names the largest of them; a click
/// goes to that term's writer.
TEST_P(EveryAnalysis, SquaresOfTheHistoryNameTheirLargestTerm) {
    for (const auto& [part, cell] : cells()) {
        Parameters parameters;
        parameters.cell = cell;
        const Findings found = answer("cell", subjects(part), parameters);
        const auto& squares = std::get<finding::Matrix>(found.find("history")->kind);
        const auto parts = query_key_components(model(), *reading_->original, part, cell);
        const Index columns = squares.values.extent(1);
        const auto floor = [](const Writer& writer, Index floors) {
            return writer.kind == Writer::Kind::bias ? floors - 1 : writer.layer + 1;
        };
        std::vector<double> sums(squares.cells.size());
        std::vector<std::pair<Index, Index>> largest(sums.size(), {-1, -1});
        for (Index a = 0; a < parts.products.extent(0); ++a)
            for (Index b = 0; b < parts.products.extent(1); ++b) {
                const auto at = static_cast<size_t>(
                    floor(parts.query_writers[static_cast<size_t>(a)], squares.values.extent(0)) *
                        columns +
                    floor(parts.key_writers[static_cast<size_t>(b)], columns));
                sums[at] += double{parts.products.at(a, b)};
                const auto [x, y] = largest[at];
                if (x < 0 || std::abs(parts.products.at(a, b)) > std::abs(parts.products.at(x, y)))
                    largest[at] = {a, b};
            }
        for (size_t at = 0; at < sums.size(); ++at) {
            EXPECT_NEAR(squares.values.data()[at], sums[at],
                        1e-5 * std::max(1.0, std::abs(sums[at])));
            const auto [a, b] = largest[at];
            if (a < 0) {
                EXPECT_EQ(squares.notes[at], "");
                continue;
            }
            const Writer& writer = parts.query_writers[static_cast<size_t>(a)];
            EXPECT_EQ(squares.notes[at],
                      fmt::format("most of it {} × {}: {}", wording::writer(writer),
                                  wording::writer(parts.key_writers[static_cast<size_t>(b)]),
                                  number_text(double{parts.products.at(a, b)}, 3, true)));
            if (writer.kind == Writer::Kind::mlp) {
                EXPECT_EQ(squares.cells[at], Referent(StateOf{writer.layer + 1, cell.query}));
            }
            if (writer.kind == Writer::Kind::attention) {
                const auto* to = std::get_if<HeadCell>(&squares.cells[at]);
                ASSERT_TRUE(to);
                EXPECT_EQ((HeadId{to->layer, to->head}), (HeadId{writer.layer, writer.head}));
                EXPECT_EQ(to->query, cell.query);
            }
        }
    }
}

TEST_P(EveryAnalysis, WhatAMaskHidesIsNoZeroOfTheNorms) {
    Edits edits;
    edits.blocks.push_back({{}, Index{2}, {}});
    edit(edits);
    for (const Part part : model().parts()) {
        Parameters parameters;
        parameters.cell = HeadCell{0, 0, 0, 0};
        const Findings found = answer("norms", subjects(part), parameters);
        const Trace& trace = reading_->shown(true, part);
        const AttentionMask& mask = trace.layers[0]->edits[0].mask;
        for (const char* name : {"value_norms", "weights"}) {
            const auto& squares = std::get<finding::Matrix>(found.find(name)->kind);
            for (Index query = 0; query < trace.length(); ++query)
                for (Index key = 0; key < trace.key_length(); ++key)
                    EXPECT_EQ(std::isnan(squares.values.at(query, key)), !mask.visible(query, key));
        }
        const auto& shares = std::get<finding::Bars>(found.find("shares")->kind);
        const auto queries = static_cast<double>(trace.length());
        EXPECT_NEAR(*shares.sum, (queries - 1) / queries, 1e-5);
        EXPECT_EQ(found.sentences.back(),
                  fmt::format("1 of {} queries sees no key and writes nothing: the shares add up "
                              "to {:.3f}.",
                              trace.length(), (queries - 1) / queries));
        EXPECT_FALSE(std::isnan(sum(array(found, "value_norms.0")))) << "arrays have their zeros";
    }
}

/// Under edits the squares whose best token is another one are marked, and say which it was.
TEST_P(EveryAnalysis, SquaresOfTheLensThatEditsChangedAreMarked) {
    if (!model().has_language_head()) return;
    const auto best_of = [&] { return array(answer("lens", subjects(), {}), "lens_best"); };
    const std::vector<float> before = best_of();
    const Findings plain = answer("lens", subjects(), {});
    EXPECT_TRUE(std::get<finding::Matrix>(plain.find("lens")->kind).changed.empty());
    Edits edits;
    edits.ablations.push_back({{std::nullopt, 0}, AblationTarget::zero});
    edits.temperatures.push_back({{}, 0.05f});
    edit(edits);
    const std::vector<float> after = best_of();
    const Findings found = answer("lens", subjects(), {});
    const auto& squares = std::get<finding::Matrix>(found.find("lens")->kind);
    ASSERT_EQ(squares.changed.size(), before.size());
    for (size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(squares.changed[i], before[i] != after[i]) << i;
        EXPECT_EQ(squares.notes[i],
                  before[i] == after[i]
                      ? ""
                      : "without edits: " +
                            wording::piece(subjects(), static_cast<std::int32_t>(before[i])));
    }
    // The position alone says the same of its column.
    Parameters sketch;
    sketch.own["tokens"] = "position";
    const Findings column = answer("lens", subjects(), sketch);
    const auto& alone = std::get<finding::Matrix>(column.find("lens")->kind);
    const Index tokens = squares.values.extent(1);
    const Index position = std::min(reading_->prediction_position.value_or(tokens - 1), tokens - 1);
    for (Index state = 0; state < squares.values.extent(0); ++state)
        EXPECT_EQ(alone.changed[static_cast<size_t>(state)],
                  squares.changed[static_cast<size_t>(state * tokens + position)]);
}

INSTANTIATE_TEST_SUITE_P(Architectures, EveryAnalysis, testing::ValuesIn(analysed_models()),
                         [](const auto& info) { return info.param; });

class AnalysisWords : public testing::Test {
  protected:
    static Subjects subjects_of(const char* name) {
        ReadingRequest request;
        request.model = must_have(load_folder(fs::path(TEST_DATA) / "models" / name));
        return {must_have(read_ids({5, 17, 9, 41}, request, nullptr, {})), nullptr, true,
                Part::self};
    }
};

TEST_F(AnalysisWords, NumbersThatAreNoneExplainNothing) {
    Subjects subjects = subjects_of("gpt2");
    auto trace = std::make_shared<Trace>(*subjects.a->original);
    trace->first_non_finite_layer = 1;
    auto reading = std::make_shared<Reading>(*subjects.a);
    reading->original = trace;
    subjects.a = reading;
    for (const Analysis& analysis : analyses()) {
        const auto found = analyse(analysis, subjects, {}, {});
        ASSERT_FALSE(found.ok()) << analysis.name;
        EXPECT_EQ(
            found.message(),
            "layer 1 of gpt2 leaves numbers that are not finite: there is nothing to explain");
    }
}

TEST_F(AnalysisWords, WhatIsNotThereIsNamed) {
    const Subjects gpt2 = subjects_of("gpt2");
    const auto says = [&](const char* name, const Parameters& parameters) {
        const auto found = analyse(*analysis_by_name(name), gpt2, parameters, {});
        EXPECT_FALSE(found.ok());
        return found ? std::string() : found.message();
    };
    Parameters parameters;
    parameters.cell = HeadCell{99, 0, 0, 0};
    EXPECT_TRUE(says("cell", parameters).starts_with("layer 99 is out of range: there are "));
    parameters.cell = HeadCell{0, 0, 4, 0};
    EXPECT_EQ(says("cell", parameters), "query 4 is out of range: there are 4 (0 to 3)");
    parameters = {};
    parameters.position = 4;
    EXPECT_EQ(says("lens", parameters), "position 4 is out of range: there are 4 (0 to 3)");
    parameters = {};
    parameters.target = -1;
    EXPECT_TRUE(says("lens", parameters).starts_with("target -1 is out of range"));
    parameters = {};
    parameters.own["colour"] = "pink";
    EXPECT_EQ(says("lens", parameters), "colour: pink is none of probability, rank, entropy");
    parameters = {};
    parameters.own["tint"] = "rank";
    EXPECT_EQ(says("lens", parameters), "lens has no parameter tint");
}

}  // namespace
}  // namespace fovea::test
