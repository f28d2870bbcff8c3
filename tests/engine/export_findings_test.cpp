// The findings of an analysis in every file format, read back by other means.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/export/export_findings.h"
#include "export_fixture.h"
#include "exported_files.h"
#include "sample_findings.h"
#include "small_disk.h"

namespace fovea {
namespace {

using test::TemporaryFolder;

const Analysis history = {.name = "cell",
                          .title = "This cell",
                          .question = "Why does this query look at this key?",
                          .citation = "Elhage et al. 2021",
                          .compute = nullptr};

FindingsExport job_for(const std::filesystem::path& file) {
    FindingsExport job;
    job.findings = std::make_shared<const Findings>(test::sample_findings());
    test::ReadingShape shape;
    shape.edits.temperatures.push_back({{}, 0.7f});
    job.subjects.a = test::make_reading(shape);
    auto second = test::make_reading({});
    second->request.text = "Ein anderer";
    job.subjects.b = second;
    job.analysis = &history;
    job.parameters.position = 13;
    job.parameters.cell = HeadCell{23, 0, 13, 1};
    job.parameters.own["colour"] = "rank";
    job.file = file;
    return job;
}

void write(const FindingsExport& job) {
    const Status status = export_findings(job, {}, {});
    ASSERT_TRUE(status) << status.message();
}

void expect_origin(const nlohmann::json& metadata) {
    EXPECT_EQ(metadata["analysis"], "cell");
    EXPECT_EQ(metadata["question"], "Why does “to” look at “Mary”?");
    EXPECT_EQ(metadata["model"], "hand-made");
    EXPECT_EQ(metadata["text"], "Ein Satz, \"zitiert\"");
    EXPECT_EQ(metadata["text_b"], "Ein anderer");
    EXPECT_EQ(metadata["tokens_b"].size(), 5u);
    EXPECT_EQ(metadata["tokens"][4], "tok4");
    EXPECT_FLOAT_EQ(metadata["edits"]["temperature"][0]["value"].get<float>(), 0.7f);
    EXPECT_EQ(metadata["edits_act_on"], "model");
    EXPECT_EQ(metadata["parameters"]["position"], 13);
    EXPECT_EQ(metadata["parameters"]["cell"]["key"], 1);
    EXPECT_EQ(metadata["parameters"]["colour"], "rank");
    EXPECT_EQ(metadata["position"], 13);
    EXPECT_EQ(metadata["axes"][1], "token");
    EXPECT_TRUE(metadata["version"].get<std::string>().starts_with("fovea "));
}

TEST(ExportFindings, NpzHasTheArraysByName) {
    TemporaryFolder folder;
    write(job_for(folder / "out.npz"));
    auto members = test::unzip(folder / "out.npz");
    const test::Array text = test::parse_npy(members.at("metadata.npy"));
    std::string characters;
    for (size_t i = 0; i < text.bytes.size(); i += 4)
        characters += text.bytes[i];
    expect_origin(nlohmann::json::parse(characters));
    EXPECT_EQ(members.size(), 3u);
    const test::Array lens = test::parse_npy(members.at("lens.3.npy"));
    EXPECT_EQ(lens.shape, (std::vector<Index>{2, 3}));
    EXPECT_EQ(lens.as<float>(), std::vector<float>(6, 0.25f));
    const test::Array weight = test::parse_npy(members.at("weight.23.0.npy"));
    EXPECT_EQ(weight.shape, (std::vector<Index>{14}));
    EXPECT_EQ(weight.as<float>()[13], 1.0f);
}

TEST(ExportFindings, SafetensorsHasTheSame) {
    TemporaryFolder folder;
    write(job_for(folder / "out.safetensors"));
    std::map<std::string, std::string> metadata;
    const auto arrays =
        test::parse_safetensors(test::file_bytes(folder / "out.safetensors"), metadata);
    EXPECT_EQ(arrays.at("lens.3").as<float>(), std::vector<float>(6, 0.25f));
    EXPECT_EQ(arrays.at("weight.23.0").as<float>().size(), 14u);
    EXPECT_EQ(metadata["analysis"], "cell");
    EXPECT_EQ(nlohmann::json::parse(metadata["parameters"])["position"], 13);
}

TEST(ExportFindings, NpyHoldsTheArrayThatIsNamed) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.npy");
    const Status refused = export_findings(job, {}, {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.message().find("lens.3 weight.23.0"), std::string::npos) << refused.message();
    EXPECT_TRUE(folder.names().empty());
    job.only = "weight.23.0";
    write(job);
    EXPECT_EQ(test::parse_npy(test::file_bytes(job.file)).as<float>().size(), 14u);
    const auto beside = nlohmann::json::parse(test::file_bytes(folder / "out.npy-metadata.json"));
    EXPECT_EQ(beside["array"], "weight.23.0");
    expect_origin(beside);
}

TEST(ExportFindings, JsonHasEveryNumber) {
    TemporaryFolder folder;
    write(job_for(folder / "out.json"));
    const auto document = nlohmann::json::parse(test::file_bytes(folder / "out.json"));
    expect_origin(document["metadata"]);
    const Findings expected = test::sample_findings();
    EXPECT_EQ(document["sentences"], nlohmann::json(expected.sentences));
    EXPECT_EQ(document["arrays"]["lens.3"][1][2], 0.25);
    const auto& findings = document["findings"];
    ASSERT_EQ(findings.size(), expected.findings.size());
    const auto& lens = findings[0];
    EXPECT_EQ(lens["kind"], "matrix");
    EXPECT_EQ(lens["citation"], "nostalgebraist 2020");
    EXPECT_EQ(lens["values"].size(), 12u);
    const auto& matrix = std::get<finding::Matrix>(expected.findings[0].kind);
    EXPECT_EQ(lens["values"][5][3].get<float>(), matrix.values.at(5, 3));
    EXPECT_TRUE(lens["values"][2][3].is_null());
    EXPECT_EQ(lens["texts"][0][0], "Elizabeth’s");
    EXPECT_EQ(lens["of"][3]["token"], 3);
    EXPECT_EQ(findings[1]["lines"][0]["of"]["id"], 5);
    EXPECT_EQ(findings[1]["lines"][1]["beside"], true);
    EXPECT_EQ(findings[3]["bars"][1]["value"], 1.730);
    EXPECT_EQ(findings[3]["bars"][1]["beside"], 1.2);
    EXPECT_EQ(findings[3]["sum"], 3.326);
    EXPECT_EQ(findings[5]["rows"][6]["total"], true);
    EXPECT_EQ(findings[5]["rows"][0]["cells"][1], 3.533);
    EXPECT_EQ(findings[7]["points"].size(), 60u);
    EXPECT_TRUE(findings[8]["values"][4].is_null());
    EXPECT_EQ(findings[9]["nodes"][4]["parent"], 3);
    EXPECT_TRUE(findings[9]["nodes"][0]["parent"].is_null());
}

// A state's logits over a vocabulary are millions of numbers.
TEST(ExportFindings, JsonNamesLargeArraysAndLeavesTheirNumbersToOthers) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.json");
    auto findings = std::make_shared<Findings>(test::sample_findings());
    const Index many = most_json_numbers / 2;
    findings->arrays.push_back(found_array("just", Tensor::filled({2, many}, 0)));
    for (const char* name : {"logits.0", "logits.1"})
        findings->arrays.push_back(found_array(name, Tensor::filled({2, many + 1}, 0)));
    job.findings = findings;
    write(job);
    const auto document = nlohmann::json::parse(test::file_bytes(job.file));
    EXPECT_EQ(document["arrays"]["lens.3"][1][2], 0.25);
    EXPECT_EQ(document["arrays"]["just"][1].size(), static_cast<size_t>(many));
    EXPECT_FALSE(document["arrays"].contains("logits.0"));
    const auto& without = document["arrays_left_out"];
    EXPECT_EQ(without["why"], "more than 65536 numbers each: .npz and .safetensors hold them");
    EXPECT_EQ(without["shapes"].size(), 2u);
    EXPECT_EQ(without["shapes"]["logits.1"], nlohmann::json({2, many + 1}));
    EXPECT_EQ(left_out(job), (std::vector<std::string>{"logits.0", "logits.1"}));
    EXPECT_EQ(note_on_left_out(job),
              "out.json: 2 arrays, logits.0 to logits.1, stand there without their numbers, more "
              "than 65536 each: .npz and .safetensors hold them");
    // Other formats hold them all, and small answers are whole.
    job.file = folder / "out.npz";
    EXPECT_EQ(note_on_left_out(job), "");
    write(job);
    EXPECT_EQ(test::parse_npy(test::unzip(job.file).at("logits.1.npy")).shape,
              (std::vector<Index>{2, many + 1}));
    const FindingsExport small = job_for(folder / "small.json");
    EXPECT_EQ(note_on_left_out(small), "");
    write(small);
    EXPECT_FALSE(nlohmann::json::parse(test::file_bytes(small.file)).contains("arrays_left_out"));
}

TEST(ExportFindings, JsonHasTheRankingBehindSquares) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.json");
    auto findings = std::make_shared<Findings>(test::sample_findings());
    std::get<finding::Matrix>(findings->findings[0].kind).ranking =
        finding::Ranking{2, {"a", "b"}, {1, 0}, {0.75f, 0.25f}, "b", {1}};
    job.findings = findings;
    write(job);
    const auto ranking =
        nlohmann::json::parse(test::file_bytes(job.file))["findings"][0]["ranking"];
    EXPECT_EQ(ranking["names"][1], "b");
    EXPECT_EQ(ranking["which"], nlohmann::json({1, 0}));
    EXPECT_EQ(ranking["values"], nlohmann::json({0.75, 0.25}));
    EXPECT_EQ(ranking["followed"], "b");
    EXPECT_EQ(ranking["ranks"], nlohmann::json({1}));
}

TEST(ExportFindings, AsTextTheyStandBelowTheirTitles) {
    Findings findings;
    finding::Matrix matrix;
    matrix.rows.labels = {"0", "1"};
    matrix.columns.labels = {"a", "b\t"};
    matrix.value.title = "probability";
    matrix.values = Tensor::filled({2, 2}, 0);
    matrix.values.at(1, 0) = 0.5f;
    matrix.texts = {"x", "y", "z\n", "w"};
    findings.findings.push_back({"lens", "Lens", "best of each", std::move(matrix)});
    finding::Table table;
    table.columns = {{.title = "key"}, {.title = "share", .unit = "%"}};
    table.rows.push_back({{std::string("A, \"B\""), 0.25}});
    findings.findings.push_back({"keys", "", "", std::move(table)});
    EXPECT_EQ(findings_as_text(findings),
              "Lens: best of each\n"
              "\ta\tb⇥\n0\tx\ty\n1\tz⏎\tw\n"
              "probability\n"
              "\ta\tb⇥\n0\t0\t0\n1\t0.5\t0\n"
              "\n"
              "keys\n"
              "key\tshare (%)\nA, \"B\"\t0.25\n");
}

TEST(ExportFindings, APictureMayBeAsWideAsAWindow) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.svg");
    job.width = 731;
    write(job);
    EXPECT_NE(test::file_bytes(job.file).find("width=\"779"), std::string::npos);
}

using Rows = std::vector<std::vector<std::string>>;

TEST(ExportFindings, CsvIsAFileForEachFinding) {
    TemporaryFolder folder;
    write(job_for(folder / "out.csv"));
    const auto read = [&](const std::string& name) {
        return test::parse_csv(test::file_bytes(folder / name));
    };
    EXPECT_EQ(folder.names().size(), 20u) << "ten findings, and what each is";
    const Rows lens = read("out.csv");
    EXPECT_EQ(lens[0], (std::vector<std::string>{"row", "column", "row_label", "column_label",
                                                 "value", "text"}));
    ASSERT_EQ(lens.size(), 1u + 12 * 14);
    EXPECT_EQ(lens[1 + 5 * 14 + 3][3], "John");
    EXPECT_EQ(std::stof(lens[1 + 5 * 14 + 3][4]), 4.0f / 22.0f);
    EXPECT_EQ(lens[1 + 2 * 14 + 3][4], "") << "no number";

    const Rows ranks = read("out.rank.csv");
    EXPECT_EQ(ranks[0], (std::vector<std::string>{"place", "label", "Mary", "John"}));
    EXPECT_EQ(ranks.size(), 13u);
    EXPECT_EQ(ranks[12][2], "1");

    const Rows table = read("out.keys.csv");
    EXPECT_EQ(table[0], (std::vector<std::string>{"key", "logit", "weight", "‖A v W_O‖", "share"}));
    EXPECT_EQ(table[1], (std::vector<std::string>{"Mary", "3.533", "0.81", "60.74", "0.973"}));
    EXPECT_EQ(table[5][0], ",");

    const Rows bars = read("out.largest.csv");
    EXPECT_EQ(bars[0], (std::vector<std::string>{"head", "adds to the logit", "beside"}));
    EXPECT_EQ(bars[2], (std::vector<std::string>{"L29 head 1", "1.73", "1.2"}));
    EXPECT_EQ(bars[1][2], "");
    EXPECT_EQ(read("out.tree.csv")[5], (std::vector<std::string>{"4", "3", "embedding", "0.3"}));
    EXPECT_EQ(read("out.tokens.csv")[5], (std::vector<std::string>{"4", "went", ""}));
    EXPECT_EQ(read("out.heads.csv")[0],
              (std::vector<std::string>{"label", "previous", "induction"}));

    const auto beside =
        nlohmann::json::parse(test::file_bytes(folder / "out.keys.csv-metadata.json"));
    EXPECT_EQ(beside["url"], "out.keys.csv");
    EXPECT_EQ(beside["notes"][0]["finding"], "keys");
    EXPECT_EQ(beside["notes"][0]["analysis"], "cell");
}

TEST(ExportFindings, ColumnsOfCsvAlwaysHaveNames) {
    Findings findings;
    finding::Bars bars;
    bars.title = "key";
    bars.value.title = "share";
    bars.beside_title = "weight";
    bars.bars = {{"Mary", 0.25, {}, 0.5}};
    findings.findings.push_back({"shares", "", "", std::move(bars)});
    finding::Table table;
    table.columns = {{}, {}};
    table.rows = {{.cells = {"q·k", 0.5}}};
    findings.findings.push_back({"logit", "", "", std::move(table)});
    EXPECT_EQ(findings_as_text(findings),
              "shares\nkey\tshare\tweight\nMary\t0.25\t0.5\n\n"
              "logit\nlabel\tvalue\nq·k\t0.5\n");
}

TEST(ExportFindings, CsvOfTheOneThatIsNamed) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.csv");
    job.only = "keys";
    write(job);
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"out.csv", "out.csv-metadata.json"}));
    EXPECT_EQ(test::parse_csv(test::file_bytes(job.file))[0][0], "key");
    job.only = "nothing";
    const Status status = export_findings(job, {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("there is no finding \"nothing\"; there are lens rank"),
              std::string::npos)
        << status.message();
}

TEST(ExportFindings, PicturesShowWordsAndCharts) {
    TemporaryFolder folder;
    write(job_for(folder / "out.svg"));
    const std::string svg = test::file_bytes(folder / "out.svg");
    for (const char* text :
         {"Why does “to” look at “Mary”?", "“to” gives “Mary” 0.810 of its attention.",
          "six largest", "+2.855", "nostalgebraist 2020 · Elhage et al. 2021",
          "<fovea:analysis>cell<", "<circle", "stroke-dasharray"})
        EXPECT_NE(svg.find(text), std::string::npos) << text;
    write(job_for(folder / "out.png"));
    EXPECT_TRUE(test::file_bytes(folder / "out.png").starts_with("\x89PNG"));
    EXPECT_NE(test::file_bytes(folder / "out.png").find("analysis"), std::string::npos);
    write(job_for(folder / "out.pdf"));
    EXPECT_TRUE(test::file_bytes(folder / "out.pdf").starts_with("%PDF"));

    FindingsExport one = job_for(folder / "one.svg");
    one.only = "largest";
    write(one);
    const std::string alone = test::file_bytes(folder / "one.svg");
    EXPECT_NE(alone.find("+2.855"), std::string::npos);
    EXPECT_EQ(alone.find("Eliza"), std::string::npos);

    const auto picture = draw_findings(job_for("none.png"), 1);
    ASSERT_TRUE(picture) << picture.message();
    EXPECT_EQ(picture->rgba.size(), static_cast<size_t>(4 * picture->width * picture->height));
}

/// A figure folds what it has no room for; files and the clipboard hold it, as numbers.
TEST(ExportFindings, AFoldedTableIsWholeInFiles) {
    TemporaryFolder folder;
    Findings findings;
    finding::Table table;
    table.columns = {{.title = "key"}, {.title = "logit"}, {.title = "weight"}};
    table.rows = {{{"Mary", 3.5, 0.75}},
                  {{"went", "masked", 0.0}},
                  {.cells = {"2 others", "≤ 1.000", 0.25}, .faint = true},
                  {.cells = {"sum", "log Σ exp 3.743", 1.0}, .total = true}};
    table.folded = {{{"a", 1.0, 0.2}, TokenAt{4}}, {{"b", -1.0, 0.05}, TokenAt{5}}};
    findings.findings.push_back({"weight", "", "", std::move(table)});
    FindingsExport job = job_for(folder / "out.csv");
    job.findings = std::make_shared<const Findings>(std::move(findings));
    write(job);
    EXPECT_EQ(test::parse_csv(test::file_bytes(job.file)), (Rows{{"key", "logit", "weight"},
                                                                 {"Mary", "3.5", "0.75"},
                                                                 {"went", "", "0"},
                                                                 {"a", "1", "0.2"},
                                                                 {"b", "-1", "0.05"},
                                                                 {"sum", "", "1"}}));
    const auto beside = nlohmann::json::parse(test::file_bytes(folder / "out.csv-metadata.json"));
    EXPECT_EQ(beside["tableSchema"]["columns"][1]["datatype"], "float");
    EXPECT_EQ(findings_as_text(*job.findings),
              "weight\nkey\tlogit\tweight\nMary\t3.5\t0.75\nwent\tmasked\t0\na\t1\t0.2\n"
              "b\t-1\t0.05\nsum\t\t1\n");
    job.file = folder / "out.json";
    write(job);
    const auto rows = nlohmann::json::parse(test::file_bytes(job.file))["findings"][0]["rows"];
    ASSERT_EQ(rows.size(), 5u);
    EXPECT_EQ(rows[3]["cells"], nlohmann::json({"b", -1.0, 0.05}));
    EXPECT_EQ(rows[3]["of"]["token"], 5);
    EXPECT_TRUE(rows[4]["cells"][1].is_null());
}

TEST(ExportFindings, FilesBesideTheNamedOneAreWrittenOverOnlyWhereTheyAreOfTheSameAnalysis) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.csv");
    const auto files = files_written(job);
    EXPECT_EQ(files.size(), 20u);
    write(job);
    for (const auto& file : files)
        EXPECT_TRUE(std::filesystem::exists(file)) << file;
    EXPECT_EQ(folder.names().size(), files.size());
    write(job);  // its own, once more

    const auto refused_for = [&](const std::string& name) {
        const std::string before = test::file_bytes(folder / name);
        const std::string first = test::file_bytes(job.file);
        const Status status = export_findings(job, {}, {});
        EXPECT_FALSE(status) << name;
        if (status) return;
        EXPECT_NE(status.message().find(name), std::string::npos) << status.message();
        EXPECT_EQ(test::file_bytes(folder / name), before);
        EXPECT_EQ(test::file_bytes(job.file), first) << "none of them is written";
    };
    // Of another analysis, or of none.
    Analysis other = history;
    other.name = "lens";
    job.analysis = &other;
    refused_for("out.rank.csv");
    job.analysis = &history;
    std::filesystem::remove(folder / "out.keys.csv-metadata.json");
    refused_for("out.keys.csv");
    std::filesystem::remove(folder / "out.keys.csv");
    write(job);
    std::ofstream(folder / "out.keys.csv-metadata.json") << R"({"version": 3, "mine": true})";
    refused_for("out.keys.csv-metadata.json");
    std::ofstream(folder / "out.csv-metadata.json") << "notes of my own";
    job.only = "lens";
    refused_for("out.csv-metadata.json");
    // A person was asked.
    job.only.clear();
    job.may_replace = true;
    write(job);
    EXPECT_NE(test::file_bytes(folder / "out.csv-metadata.json"), "notes of my own");
    // The file that was named is written over whatever it is.
    job.may_replace = false;
    std::ofstream(job.file) << "older";
    write(job);
    EXPECT_NE(test::file_bytes(job.file), "older");
}

TEST(ExportFindings, ArraysAreChosenByName) {
    TemporaryFolder folder;
    FindingsExport job = job_for(folder / "out.npz");
    job.arrays = {"weight.23.0"};
    write(job);
    const auto members = test::unzip(job.file);
    EXPECT_TRUE(members.contains("weight.23.0.npy"));
    EXPECT_FALSE(members.contains("lens.3.npy"));
    job.file = folder / "out.json";
    write(job);
    const auto arrays = nlohmann::json::parse(test::file_bytes(job.file))["arrays"];
    EXPECT_EQ(arrays.size(), 1u);
    EXPECT_EQ(arrays["weight.23.0"].size(), 14u);
    job.arrays = {"lens.3", "nothing"};
    const Status status = export_findings(job, {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("there is no array \"nothing\"; there are lens.3 weight.23.0"),
              std::string::npos)
        << status.message();
}

class FindingsSafety : public testing::TestWithParam<std::string> {
  protected:
    FindingsExport job() const {
        FindingsExport job = job_for(folder_ / ("out" + GetParam()));
        if (GetParam() == ".npy") job.only = "weight.23.0";
        std::ofstream(job.file) << "older";
        return job;
    }
    void expect_older_file_alone() const {
        EXPECT_EQ(folder_.names(), std::vector<std::string>{"out" + GetParam()});
        EXPECT_EQ(test::file_bytes(folder_ / ("out" + GetParam())), "older");
    }
    TemporaryFolder folder_;
};

TEST_P(FindingsSafety, CancellationLeavesTheOlderFile) {
    CancelToken cancel;
    const auto progress = [&](std::string_view, double) { cancel.cancel(); };
    const Status status = export_findings(job(), progress, cancel);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.message(), cancelled_message);
    expect_older_file_alone();
}

TEST_P(FindingsSafety, FullDiskLeavesTheOlderFile) {
    Status status;
    {
        test::SmallDisk disk(100);
        status = export_findings(job(), {}, {});
    }
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("File too large"), std::string::npos) << status.message();
    expect_older_file_alone();
}

INSTANTIATE_TEST_SUITE_P(Formats, FindingsSafety,
                         testing::Values(".npz", ".npy", ".safetensors", ".json", ".csv", ".png",
                                         ".svg", ".pdf"),
                         [](const auto& info) { return info.param.substr(1); });

}  // namespace
}  // namespace fovea
