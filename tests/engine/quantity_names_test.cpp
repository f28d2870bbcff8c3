// One name for each quantity, in files, on the command line, in the window and in the README.

#include "engine/metrics/quantity_names.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "engine/export/arrays.h"
#include "engine/trace/head_map.h"
#include "export_fixture.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

std::set<std::string> names_in_files() {
    std::set<std::string> names;
    for (const QuantityName& name : quantity::all)
        names.emplace(name.array);
    for (const RowMetric& metric : row_metrics())
        names.emplace(metric.name);
    return names;
}

ExportJob job_with(bool everything) {
    ExportJob job;
    job.reading = test::make_reading({});
    job.hidden_states = job.metrics = everything;
    job.attention_logits = true;
    return job;
}

TEST(QuantityNames, AreEachOnlyOneThings) {
    std::set<std::string_view> one, array;
    for (const QuantityName& name : quantity::all) {
        EXPECT_FALSE(name.one.empty());
        EXPECT_TRUE(one.insert(name.one).second) << name.one;
        if (!name.array.empty()) {
            EXPECT_TRUE(array.insert(name.array).second) << name.array;
        }
    }
    for (const RowMetric& metric : row_metrics()) {
        EXPECT_TRUE(one.insert(metric.label).second) << metric.label;
        EXPECT_TRUE(array.insert(metric.name).second) << metric.name;
    }
    // What a file called a thing once is no other thing's name now.
    for (const QuantityName& name : quantity::all)
        EXPECT_FALSE(array.contains(name.former)) << name.former;
}

TEST(QuantityNames, AreThoseOfTheArraysInFiles) {
    const auto arrays = export_arrays(job_with(true));
    ASSERT_TRUE(arrays.ok()) << arrays.message();
    const std::set<std::string> known = names_in_files();
    for (const ExportArray& array : *arrays) {
        if (array.name == "input_ids") continue;
        EXPECT_TRUE(known.contains(array.name.substr(0, array.name.rfind('.')))) << array.name;
    }
}

TEST(QuantityNames, AreThoseOfTheColumnsOfATable) {
    const test::TemporaryFolder folder;
    ExportJob job = job_with(false);
    job.file = folder / "cells.csv";
    const Status written = export_reading(job, {}, {});
    ASSERT_TRUE(written.ok()) << written.message();
    std::istringstream lines(test::file_bytes(job.file));
    std::string header;
    std::getline(lines, header);
    const std::string wanted = std::string("key_token,") +
                               std::string(quantity::attention_weight.column) + "," +
                               std::string(quantity::attention_logit.column);
    EXPECT_TRUE(header.ends_with(wanted)) << header;
}

TEST(QuantityNames, StandInTheReadme) {
    const std::string readme = test::file_bytes(fs::path(TEST_DATA) / "../../README.md");
    for (const QuantityName& name : {quantity::attention_weight, quantity::attention_logit,
                                     quantity::hidden_state, quantity::token_logit})
        EXPECT_NE(readme.find(std::string(name.array)), std::string::npos) << name.array;
    for (const RowMetric& metric : row_metrics())
        EXPECT_NE(readme.find("`" + std::string(metric.name) + "`"), std::string::npos)
            << metric.name;
    EXPECT_NE(readme.find("--with hidden_states,logits,attention_logits,value_norms,metrics"),
              std::string::npos);
}

/// The text literals of a source, one a line.
std::string literals_of(const fs::path& file) {
    static const std::regex literal(R"re("((?:[^"\\\n]|\\.)*)")re");
    std::ifstream stream(file);
    std::string found;
    for (std::string line; std::getline(stream, line);) {
        if (line.find("#include") != line.npos) continue;
        line = line.substr(0, line.find("//"));
        for (std::sregex_iterator at(line.begin(), line.end(), literal), end; at != end; ++at)
            found += (*at)[1].str() + "\n";
    }
    return found;
}

/// Other names that people give these things. What a file or an option was called once is named in
/// the list alone.
bool invents_a_name(const std::string& literals, std::string& which) {
    static const std::regex other(
        R"re(\b(scores?|raw_scores|masked_scores|pre-softmax|post-softmax|attention (scores?|map weights?|values?|probabilit\w+)|attn|log-?probs?|logprobs?|logit value|self-?information|mean attention distance|attention distance)\b)re",
        std::regex::icase);
    std::smatch match;
    if (!std::regex_search(literals, match, other)) return false;
    which = match[0];
    return true;
}

TEST(QuantityNames, NoTextOfTheProgramInventsAnother) {
    std::string which;
    EXPECT_TRUE(invents_a_name("pre-softmax, every cell", which));
    EXPECT_TRUE(invents_a_name("scores", which));
    EXPECT_FALSE(invents_a_name("scoring: CPU\nattention logit", which));
    const fs::path root = fs::path(TEST_DATA) / "../..";
    int read = 0;
    for (const char* folder : {"app", "engine/export", "engine/trace", "engine/metrics"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const fs::path& file = entry.path();
            if (file.extension() != ".cpp" && file.extension() != ".h") continue;
            if (file.filename() == "quantity_names.h") continue;
            ++read;
            EXPECT_FALSE(invents_a_name(literals_of(file), which))
                << file.lexically_relative(root) << " says “" << which << "”";
        }
    EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace fovea
