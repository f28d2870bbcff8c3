#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/session/reading.h"
#include "tests/engine/must_have.h"
#include "tests/engine/temporary_folder.h"

namespace fovea::test {

/// A word-by-word tokeniser of our own for the random checkpoints: [CLS] and [SEP] around, [MASK],
/// and the words "w10" to "w509".
inline std::string word_tokenizer(bool bert) {
    std::string vocabulary;
    for (int i = 0; i < 512; ++i) {
        std::string word = fmt::format("w{}", i);
        if (i == 0) word = "[UNK]";
        if (i == 1) word = "[CLS]";
        if (i == 2) word = "[SEP]";
        if (i == 3) word = "[MASK]";
        vocabulary += fmt::format("{}\"{}\":{}", i ? "," : "", word, i);
    }
    const std::string processor =
        bert ? R"({"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]})" : "null";
    return R"({"version":"1.0","added_tokens":[{"id":3,"content":"[MASK]","single_word":false,
        "lstrip":false,"rstrip":false,"normalized":false,"special":true}],"normalizer":null,
        "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":)" +
           processor + R"(,"decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]",
        "continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{)" +
           vocabulary + "}}}";
}

/// A folder of this process alone, gone when it ends: CTest runs tests side by side.
inline const std::filesystem::path& small_models_folder() {
    static const TemporaryFolder folder("fovea-small-");
    return folder.path();
}

/// Puts one of the random checkpoints into a folder, with that tokeniser beside it.
inline void put_small_model(const std::filesystem::path& folder, const std::string& name) {
    namespace fs = std::filesystem;
    fs::create_directories(folder);
    for (const char* file : {"config.json", "model.safetensors"})
        fs::copy_file(fs::path(TEST_DATA) / "models" / name / file, folder / file,
                      fs::copy_options::skip_existing);
    std::ofstream(folder / "tokenizer.json") << word_tokenizer(name == "bert");
    // No BertTokenizer nor GPT2Tokenizer, as the model's type alone would make it.
    std::ofstream(folder / "tokenizer_config.json")
        << R"({"tokenizer_class": "PreTrainedTokenizerFast"})";
}

/// The same, loaded from a folder of the test's own.
inline std::shared_ptr<const LoadedModel> small_model(const std::string& name) {
    const std::filesystem::path folder = small_models_folder() / name;
    put_small_model(folder, name);
    return must_have(load_folder(folder));
}

inline std::string words(int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += fmt::format("{}w{}", i ? " " : "", 10 + i * 7 % 500);
    return text;
}

}  // namespace fovea::test
