// Every number format read back by other means than those that wrote it.

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "export_fixture.h"
#include "exported_files.h"

namespace fovea {
namespace {

using test::Array;
using test::parse_csv;
using test::parse_npy;
using test::TemporaryFolder;
using test::unzip;

ExportJob everything(const std::filesystem::path& file, bool causal = true) {
    ExportJob job;
    test::ReadingShape shape;
    shape.causal = causal;
    shape.edits.temperatures.push_back({{}, 0.7f});
    job.reading = test::make_reading(shape);
    job.hidden_states = job.attention_logits = job.metrics = true;
    job.layers = {1};
    job.heads = {3, 0};
    job.file = file;
    return job;
}

void expect_maps(const ExportJob& job, const std::vector<float>& weights,
                 const std::vector<float>& scores) {
    const Trace& trace = *job.reading->original;
    const Index n = trace.length();
    ASSERT_EQ(weights.size(), job.heads.size() * static_cast<size_t>(n * n));
    ASSERT_EQ(scores.size(), weights.size());
    size_t i = 0;
    for (Index head : job.heads)
        for (Index query = 0; query < n; ++query)
            for (Index key = 0; key < n; ++key, ++i) {
                EXPECT_NEAR(weights[i], test::reference_weight(trace, 1, head, query, key), 1e-6);
                EXPECT_NEAR(scores[i],
                            test::reference_score(trace.projections(1), head, query, key), 1e-5);
            }
}

void expect_rest(const ExportJob& job, const std::map<std::string, Array>& arrays) {
    const Trace& trace = *job.reading->original;
    EXPECT_EQ(arrays.at("input_ids").as<std::int64_t>(),
              std::vector<std::int64_t>(trace.ids.begin(), trace.ids.end()));
    for (Index i : {0, 2}) {
        const Tensor& state = *trace.hidden_states[static_cast<size_t>(i)];
        const Array& array = arrays.at("hidden_states." + std::to_string(i));
        EXPECT_EQ(array.shape, state.shape());
        EXPECT_EQ(array.as<float>(),
                  std::vector<float>(state.values().begin(), state.values().end()));
    }
    EXPECT_FALSE(arrays.contains("hidden_states.1"));
    for (size_t metric = 0; metric < row_metrics().size(); ++metric) {
        const Array& array = arrays.at(std::string(row_metrics()[metric].name) + ".1");
        EXPECT_EQ(array.shape, (std::vector<Index>{2, trace.length()}));
        std::vector<float> expected;
        for (Index head : job.heads)
            for (Index query = 0; query < trace.length(); ++query)
                expected.push_back(
                    trace.scores(1).metrics.at(static_cast<Index>(metric), head, query));
        EXPECT_EQ(array.as<float>(), expected);
    }
}

TEST(ExportArrays, NpzReadsBack) {
    TemporaryFolder folder;
    const ExportJob job = everything(folder / "out.npz");
    std::vector<double> shares;
    const Status status =
        export_reading(job, [&](std::string_view, double share) { shares.push_back(share); }, {});
    ASSERT_TRUE(status) << status.message();
    EXPECT_EQ(folder.names(), std::vector<std::string>{"out.npz"});
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_DOUBLE_EQ(shares.back(), 1);

    std::map<std::string, Array> arrays;
    auto members = unzip(job.file);
    const Array text = parse_npy(members.at("metadata.npy"));
    members.erase("metadata.npy");
    EXPECT_EQ(text.type, "<U" + std::to_string(text.bytes.size() / 4));
    EXPECT_TRUE(text.shape.empty());
    std::string characters;
    for (size_t i = 0; i < text.bytes.size(); i += 4)
        characters += text.bytes[i];
    const auto metadata = nlohmann::json::parse(characters);
    for (const auto& [name, bytes] : members) {
        ASSERT_TRUE(name.ends_with(".npy"));
        arrays[name.substr(0, name.size() - 4)] = parse_npy(bytes);
    }
    EXPECT_EQ(arrays.at("input_ids").type, "<i8");
    EXPECT_EQ(arrays.at("attentions.1").type, "<f4");
    EXPECT_EQ(arrays.at("attentions.1").shape, (std::vector<Index>{2, 5, 5}));
    expect_maps(job, arrays.at("attentions.1").as<float>(),
                arrays.at("attention_logits.1").as<float>());
    expect_rest(job, arrays);
    EXPECT_EQ(arrays.size(), 1 + 2 + 2 + row_metrics().size());
    EXPECT_EQ(metadata["model"], "hand-made");
    EXPECT_EQ(metadata["text"], "Ein Satz, \"zitiert\"");
    EXPECT_EQ(metadata["tokens"][4], "tok4");
    EXPECT_EQ(metadata["heads"], nlohmann::json({3, 0}));
    EXPECT_FLOAT_EQ(metadata["edits"]["temperature"][0]["value"].get<float>(), 0.7f);
    EXPECT_EQ(metadata["edits_act_on"], "model");
}

TEST(ExportArrays, NpyHoldsTheOneArrayThatIsChosen) {
    TemporaryFolder folder;
    ExportJob job = everything(folder / "out.npy");
    job.hidden_states = job.attention_logits = job.metrics = false;
    const Status status = export_reading(job, {}, {});
    ASSERT_TRUE(status) << status.message();
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"out.npy", "out.npy-metadata.json"}));
    const Array weights = parse_npy(test::file_bytes(job.file));
    EXPECT_EQ(weights.type, "<f4");
    EXPECT_EQ(weights.shape, (std::vector<Index>{2, 5, 5}));
    job.attentions = false;
    job.attention_logits = true;
    ASSERT_TRUE(export_reading(job, {}, {}));
    const Array scores = parse_npy(test::file_bytes(job.file));
    expect_maps(job, weights.as<float>(), scores.as<float>());
    const auto beside = nlohmann::json::parse(test::file_bytes(folder / "out.npy-metadata.json"));
    EXPECT_EQ(beside["array"], "attention_logits.1");
    EXPECT_EQ(beside["shape"], nlohmann::json({2, 5, 5}));
    EXPECT_EQ(beside["model"], "hand-made");
    EXPECT_EQ(beside["heads"], nlohmann::json({3, 0}));
}

TEST(ExportArrays, NpyRefusesSeveralArraysAndNone) {
    TemporaryFolder folder;
    ExportJob job = everything(folder / "out.npy");
    job.hidden_states = job.attention_logits = job.metrics = false;
    job.layers = {};
    Status status = export_reading(job, {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find(
                  "2 are chosen (attentions.0 to attentions.1): choose one layer and one kind"),
              std::string::npos)
        << status.message();
    job.attentions = false;
    status = export_reading(job, {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("nothing is chosen"), std::string::npos) << status.message();
    EXPECT_TRUE(folder.names().empty());
}

TEST(ExportArrays, SafetensorsReadsBack) {
    TemporaryFolder folder;
    const ExportJob job = everything(folder / "out.safetensors");
    ASSERT_TRUE(export_reading(job, {}, {}));
    const std::string file = test::file_bytes(job.file);
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), 8);
    ASSERT_LT(8 + length, file.size());
    EXPECT_EQ(length % 8, 0u);
    auto header = nlohmann::json::parse(file.substr(8, length));
    const auto metadata = header["__metadata__"];
    header.erase("__metadata__");
    for (const auto& [key, value] : metadata.items())
        EXPECT_TRUE(value.is_string()) << key;
    EXPECT_EQ(nlohmann::json::parse(metadata["tokens"].get<std::string>())[1], "tok1");

    std::map<std::string, Array> arrays;
    std::map<size_t, size_t> spans;
    for (const auto& [name, entry] : header.items()) {
        const size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
        spans[begin] = end;
        ASSERT_LE(8 + length + end, file.size());
        arrays[name] = {entry["dtype"], entry["shape"],
                        file.substr(8 + length + begin, end - begin)};
        EXPECT_EQ(begin % (arrays[name].type == "I64" ? 8 : 4), 0u);
    }
    size_t reached = 0;  // no gap, no overlap, nothing after
    for (const auto& [begin, end] : spans) {
        EXPECT_EQ(begin, reached);
        reached = end;
    }
    EXPECT_EQ(8 + length + reached, file.size());
    EXPECT_EQ(arrays.at("attentions.1").type, "F32");
    EXPECT_EQ(arrays.at("attentions.1").shape, (std::vector<Index>{2, 5, 5}));
    expect_maps(job, arrays.at("attentions.1").as<float>(),
                arrays.at("attention_logits.1").as<float>());
    expect_rest(job, arrays);
}

TEST(ExportArrays, JsonReadsBackExactly) {
    TemporaryFolder folder;
    const ExportJob job = everything(folder / "out.json");
    ASSERT_TRUE(export_reading(job, {}, {}));
    const auto document = nlohmann::json::parse(test::file_bytes(job.file));
    EXPECT_EQ(document["metadata"]["model"], "hand-made");
    EXPECT_EQ(document["metadata"]["tokens"].size(), 5u);
    const auto& arrays = document["arrays"];
    std::vector<float> weights, scores;
    ASSERT_EQ(arrays["attentions.1"].size(), 2u);
    ASSERT_EQ(arrays["attentions.1"][0].size(), 5u);
    for (size_t head = 0; head < 2; ++head)
        for (size_t query = 0; query < 5; ++query)
            for (size_t key = 0; key < 5; ++key) {
                weights.push_back(arrays["attentions.1"][head][query][key].get<float>());
                scores.push_back(arrays["attention_logits.1"][head][query][key].get<float>());
            }
    expect_maps(job, weights, scores);
    const Tensor& state = *job.reading->original->hidden_states[2];
    for (Index token = 0; token < 5; ++token)
        for (Index i = 0; i < 6; ++i)
            EXPECT_EQ(arrays["hidden_states.2"][static_cast<size_t>(token)][static_cast<size_t>(i)]
                          .get<float>(),
                      state.at(token, i));
    EXPECT_EQ(arrays["input_ids"], nlohmann::json({100, 107, 114, 121, 128}));
}

TEST(ExportArrays, JsonWritesNullForWhatIsNoNumber) {
    TemporaryFolder folder;
    ExportJob job;
    auto reading = test::make_reading({});
    auto trace = std::make_shared<Trace>(*reading->original);
    Tensor state = trace->hidden_states[0]->clone();
    state.at(0, 0) = std::numeric_limits<float>::quiet_NaN();
    state.at(0, 1) = -std::numeric_limits<float>::infinity();
    trace->hidden_states[0] = std::make_shared<Tensor>(std::move(state));
    reading->original = trace;
    job.reading = reading;
    job.attentions = false;
    job.hidden_states = true;
    job.file = folder / "out.json";
    ASSERT_TRUE(export_reading(job, {}, {}));
    const auto document = nlohmann::json::parse(test::file_bytes(job.file));
    EXPECT_TRUE(document["arrays"]["hidden_states.0"][0][0].is_null());
    EXPECT_TRUE(document["arrays"]["hidden_states.0"][0][1].is_null());
    EXPECT_TRUE(document["arrays"]["hidden_states.0"][0][2].is_number());
    EXPECT_FALSE(document["arrays"].contains("attentions.0"));
}

TEST(ExportArrays, CsvReadsBack) {
    TemporaryFolder folder;
    ExportJob job = everything(folder / "out.csv");
    job.hidden_states = job.metrics = false;
    auto reading = std::make_shared<Reading>(*job.reading);
    reading->tokens[1].text = ",";
    reading->tokens[2].text = "say \"so\"";
    reading->tokens[3].text = "two\nlines";
    job.reading = reading;
    ASSERT_TRUE(export_reading(job, {}, {}));
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"out.csv", "out.csv-metadata.json"}));
    const auto rows = parse_csv(test::file_bytes(job.file));
    ASSERT_EQ(rows.size(), 1u + 2 * 25);
    EXPECT_EQ(rows[0], (std::vector<std::string>{"layer", "head", "query", "key", "query_token",
                                                 "key_token", "weight", "logit"}));
    std::vector<float> weights, scores;
    for (size_t i = 1; i < rows.size(); ++i) {
        ASSERT_EQ(rows[i].size(), 8u);
        const size_t cell = (i - 1) % 25;
        EXPECT_EQ(rows[i][0], "1");
        EXPECT_EQ(rows[i][1], i <= 25 ? "3" : "0");
        EXPECT_EQ(rows[i][2], std::to_string(cell / 5));
        EXPECT_EQ(rows[i][3], std::to_string(cell % 5));
        EXPECT_EQ(rows[i][4], reading->tokens[cell / 5].text);
        EXPECT_EQ(rows[i][5], reading->tokens[cell % 5].text);
        weights.push_back(std::stof(rows[i][6]));
        scores.push_back(std::stof(rows[i][7]));
    }
    expect_maps(job, weights, scores);
    const auto beside = nlohmann::json::parse(test::file_bytes(folder / "out.csv-metadata.json"));
    EXPECT_EQ(beside["url"], "out.csv");
    EXPECT_EQ(beside["tableSchema"]["columns"].size(), 8u);
    EXPECT_EQ(beside["notes"][0]["model"], "hand-made");
}

TEST(ExportArrays, CsvRefusesWhatItCannotHold) {
    TemporaryFolder folder;
    const Status status = export_reading(everything(folder / "out.csv"), {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("need .npz"), std::string::npos) << status.message();
    EXPECT_TRUE(folder.names().empty());
}

// Long enough that every map takes several blocks.
TEST(ExportArrays, BlocksJoinSeamlessly) {
    TemporaryFolder folder;
    test::ReadingShape shape;
    shape.layers = 1;
    shape.heads = shape.key_heads = 2;
    shape.tokens = 700;
    ExportJob job;
    job.reading = test::make_reading(shape);
    job.file = folder / "out.npz";
    ASSERT_TRUE(export_reading(job, {}, {}));
    const Array array = parse_npy(unzip(job.file).at("attentions.0.npy"));
    EXPECT_EQ(array.shape, (std::vector<Index>{2, 700, 700}));
    const std::vector<float> weights = array.as<float>();
    ASSERT_EQ(weights.size(), 2u * 700 * 700);
    for (Index head : {0, 1})
        for (Index query : {0, 373, 374, 375, 699})
            for (Index key : {0, 350, 699})
                EXPECT_NEAR(weights[static_cast<size_t>((head * 700 + query) * 700 + key)],
                            test::reference_weight(*job.reading->original, 0, head, query, key),
                            1e-5);
}

}  // namespace
}  // namespace fovea
