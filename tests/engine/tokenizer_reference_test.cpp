// Every kind of normaliser, pre-tokeniser, model and post-processor against the reference
// implementation, on small tokenizers made for this purpose (tests/data/tokenizers/make_cases.py).

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/text/tokenizer.h"
#include "tests/engine/tokenizer_golden.h"

namespace fovea {
namespace {

using nlohmann::json;

TEST(Reference, EveryKindOfStep) {
    const json cases = read_json(std::filesystem::path(TEST_DATA) / "tokenizers/cases.json");
    ASSERT_GT(cases.size(), 90u);
    for (const json& entry : cases) {
        SCOPED_TRACE(entry["name"].get<std::string>());
        const auto tokenizer = Tokenizer::parse(entry["tokenizer"].dump(), "case");
        ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
        for (const json& golden : entry["texts"])
            compare_with_golden(**tokenizer, golden);
    }
}

}  // namespace
}  // namespace fovea
