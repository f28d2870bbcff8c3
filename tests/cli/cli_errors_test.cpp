// Bad input of every kind: one sentence on standard error that names the file and the cause.
#include <gtest/gtest.h>

#include <limits>

#include "broken_model.h"
#include "program.h"
#include "tiny_tokenizer.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Ended export_ids(const std::string& model, const fs::path& out,
                 std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"export", "--model", model, "--ids",
                                          "5,7,9",  "--out",   out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return fovea(arguments);
}

TEST(Usage, ArgumentsThatMakeNoSenseEndWithTwo) {
    const std::string bert = test_model("bert");
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {{"--nonsense"}, "--nonsense"},
        {{"exprot"}, "exprot"},
        {{"--size", "big"}, "--size"},
        {{"--screenshot", "x.jpg"}, "x.jpg: a screenshot is a PNG; end its name in .png"},
        {{"--model"}, "--model"},
        {{"export"}, "--model"},
        {{"export", "--model", bert, "--ids", "5"}, "--out"},
        {{"export", "--model", bert, "--out", "a.npz"}, "--text or --ids"},
        {{"export", "--model", bert, "--ids", "5", "--text", "a", "--out", "a.npz"}, "--text"},
        {{"export", "--model", bert, "--ids", "5,x", "--out", "a.npz"}, "\"x\""},
        {{"export", "--model", bert, "--ids", "5", "--layers", "2-1", "--out", "a.npz"}, "2-1"},
        {{"export", "--model", bert, "--ids", "5", "--heads", "a", "--out", "a.npz"}, "--heads"},
        {{"export", "--model", bert, "--ids", "5", "--with", "logit", "--out", "a.npz"},
         "hidden_states, logits, attention_logits, value_norms, metrics"},
        {{"export", "--model", bert, "--ids", "5", "--out", "a.xyz"}, ".xyz"},
        {{"export", "--model", bert, "--ids", "5", "--out", "a"}, "no ending"},
        {{"tokenize", "--model", bert}, "--text"},
        {{"inspect"}, "--model"},
        {{"get"}, "NAME"},
        {{"bench"}, "--model or --gpu"},
        {{"bench", "--model", bert, "--tokens", "0"}, "one token"},
        {{"bench", "--model", bert, "--gpu"}, "--model"},
        {{"bench", "--model", bert, "--head-dims", "64"}, "--gpu"},
        {{"bench", "--gpu", "--head-dims", "0"}, "one component"},
        {{"--model", bert, "inspect", "--model", bert}, "after its name"},
    };
    for (const auto& [arguments, part] : cases) {
        SCOPED_TRACE(part);
        expect_error(fovea(arguments), 2, {part});
    }
}

TEST(BadModel, ThatIsNotThere) {
    const TemporaryFolder scratch;
    expect_error(export_ids("no-such-model", scratch / "a.npz"), 1, {"no-such-model"});
    expect_error(export_ids(scratch.path(), scratch / "a.npz"), 1, {scratch.path(), "config.json"});
    EXPECT_FALSE(fs::exists(scratch / "a.npz"));
}

TEST(BadModel, Config) {
    const TemporaryFolder scratch;
    const auto error_with = [&](const std::function<void(Json&)>& change,
                                const std::vector<std::string>& parts) {
        BrokenModel model("bert");
        model.change_config(change);
        expect_error(export_ids(model.folder(), scratch / "a.npz"), 1, parts);
        expect_error(fovea({"inspect", "--model", model.folder()}), 1, parts);
    };
    error_with(
        [](Json& json) {
            json.erase("model_type");
            json.erase("architectures");
        },
        {"config.json", "model_type"});
    error_with([](Json& json) { json["model_type"] = "perceptron"; },
               {"config.json", "model_type", "perceptron"});
    error_with([](Json& json) { json["model_type"] = 7; }, {"config.json", "model_type"});
    error_with([](Json& json) { json["num_attention_heads"] = -1; },
               {"config.json", "num_attention_heads"});
    error_with([](Json& json) { json.erase("hidden_size"); }, {"config.json", "hidden_size"});

    BrokenModel model("bert");
    write_file(model / "config.json", "{\"model_type\": ");
    expect_error(export_ids(model.folder(), scratch / "a.npz"), 1, {"config.json", "JSON"});
    write_file(model / "config.json", "{\"model_type\": \"b\xff\"}");
    expect_error(export_ids(model.folder(), scratch / "a.npz"), 1, {"config.json"});
}

TEST(BadModel, Tensors) {
    const TemporaryFolder scratch;
    BrokenModel missing("gpt2");
    std::string name;
    missing.change_tensors([&](BrokenModel::Tensors& tensors) {
        for (const auto& [key, tensor] : tensors)
            if (key.ends_with("h.1.mlp.c_fc.weight")) name = key;
        ASSERT_NE(name, "");
        tensors.erase(name);
    });
    expect_error(export_ids(missing.folder(), scratch / "a.npz"), 1,
                 {"model.safetensors", "h.1.mlp.c_fc.weight", "missing"});

    BrokenModel misshapen("gpt2");
    misshapen.change_tensors([&](BrokenModel::Tensors& tensors) {
        std::swap(tensors[name].shape.at(0), tensors[name].shape.at(1));
    });
    expect_error(export_ids(misshapen.folder(), scratch / "a.npz"), 1,
                 {"model.safetensors", "h.1.mlp.c_fc.weight", "shape"});
}

TEST(BadModel, Safetensors) {
    const TemporaryFolder scratch;
    const auto expect_refused = [&](const BrokenModel& model, const char* what) {
        SCOPED_TRACE(what);
        expect_error(export_ids(model.folder(), scratch / "a.npz"), 1, {"model.safetensors"});
        expect_error(fovea({"inspect", "--model", model.folder()}), 1, {"model.safetensors"});
    };
    const auto with_bytes = [&](const char* what, const std::function<void(std::string&)>& change) {
        BrokenModel model("bert");
        model.change_bytes(change);
        expect_refused(model, what);
    };
    const auto with_header = [&](const char* what, const std::function<void(Json&)>& change) {
        BrokenModel model("bert");
        model.change_header(change);
        expect_refused(model, what);
    };
    const auto first_tensor = [](Json& header) -> Json& {
        for (auto& [name, entry] : header.items())
            if (name != "__metadata__") return entry;
        return header;
    };
    with_bytes("empty", [](std::string& bytes) { bytes.clear(); });
    with_bytes("truncated length", [](std::string& bytes) { bytes.resize(5); });
    with_bytes("truncated header", [](std::string& bytes) { bytes.resize(100); });
    with_bytes("truncated data", [](std::string& bytes) { bytes.resize(bytes.size() - 1000); });
    with_bytes("header of 2^63 bytes", [](std::string& bytes) {
        bytes.replace(0, 8, std::string("\0\0\0\0\0\0\0\x80", 8));
    });
    with_bytes("header of 2^64 - 1 bytes",
               [](std::string& bytes) { bytes.replace(0, 8, std::string(8, '\xff')); });
    with_bytes("header that is no JSON", [](std::string& bytes) { bytes[8] = '['; });
    with_bytes("header with invalid UTF-8", [](std::string& bytes) { bytes[10] = '\xff'; });
    with_header("offsets beyond the file", [&](Json& header) {
        Json& offsets = first_tensor(header)["data_offsets"];
        offsets = {offsets[0].get<std::uint64_t>() + (1ull << 40),
                   offsets[1].get<std::uint64_t>() + (1ull << 40)};
    });
    with_header("overlapping tensors", [&](Json& header) {
        for (auto& [name, entry] : header.items()) {
            if (name == "__metadata__") continue;
            const auto size = entry["data_offsets"][1].get<std::uint64_t>() -
                              entry["data_offsets"][0].get<std::uint64_t>();
            entry["data_offsets"] = {0, size};
        }
    });
    with_header("offsets that run backwards", [&](Json& header) {
        Json& offsets = first_tensor(header)["data_offsets"];
        offsets = {offsets[1], offsets[0]};
    });
    with_header("a product that overflows", [&](Json& header) {
        first_tensor(header)["shape"] = {1ull << 40, 1ull << 40};
    });
    with_header("a negative extent", [&](Json& header) {
        first_tensor(header)["shape"] = {-4, -4};
    });
    with_header("an unknown type", [&](Json& header) { first_tensor(header)["dtype"] = "F33"; });

    BrokenModel gone("bert");
    fs::remove(gone / "model.safetensors");
    expect_refused(gone, "missing file");
}

TEST(BadModel, NotANumberIsShownNotSilent) {
    BrokenModel model("bert");
    model.change_tensors([](BrokenModel::Tensors& tensors) {
        for (auto& [name, tensor] : tensors) {
            if (name.find("layer.1.attention.self.query.bias") == std::string::npos) continue;
            const float nan = std::numeric_limits<float>::quiet_NaN();
            std::memcpy(tensor.bytes.data(), &nan, sizeof nan);
        }
    });
    const TemporaryFolder scratch;
    const Ended exported = export_ids(model.folder(), scratch / "a.npz");
    EXPECT_EQ(exported.status, 0);
    EXPECT_NE(exported.err.find("NaN"), std::string::npos) << exported.err;
    EXPECT_NE(exported.err.find("layer 1"), std::string::npos) << exported.err;
    const Ended inspected = fovea({"inspect", "--model", model.folder()});
    EXPECT_EQ(inspected.status, 0);
    EXPECT_NE(inspected.out.find("! 1 NaN, 0 infinite"), std::string::npos) << inspected.out;
}

TEST(BadModel, NoLanguageHeadMeansNoLogits) {
    BrokenModel model("bert");
    model.change_tensors([](BrokenModel::Tensors& tensors) {
        std::erase_if(tensors, [](const auto& entry) { return entry.first.starts_with("cls."); });
    });
    const TemporaryFolder scratch;
    expect_error(export_ids(model.folder(), scratch / "a.npz", {"--with", "logits"}), 1,
                 {model.folder(), "logits"});
    expect_quiet(export_ids(model.folder(), scratch / "a.npz", {"--with", "hidden_states"}));
}

TEST(BadModel, Tokenizer) {
    BrokenModel model("bert");
    const auto tokenize = [&] {
        return fovea({"tokenize", "--model", model.folder(), "--text", "a"});
    };
    expect_error(tokenize(), 1, {model.folder(), "tokenizer.json"});
    for (const char* text : {"", "{", "[]", "{\"model\": {\"type\": \"Abacus\"}}", "\"\xff\""}) {
        write_file(model / "tokenizer.json", text);
        SCOPED_TRACE(text);
        expect_error(tokenize(), 1, {"tokenizer.json"});
    }
}

TEST(BadSentence, IdsThatTheModelDoesNotTake) {
    const TemporaryFolder scratch;
    const std::string bert = test_model("bert");
    expect_error(
        fovea({"export", "--model", bert, "--ids", "5,999999", "--out", scratch / "a.npz"}), 1,
        {"999999"});
    std::string many = "5";
    for (int i = 0; i < 2000; ++i)
        many += ",5";
    expect_error(fovea({"export", "--model", bert, "--ids", many, "--out", scratch / "a.npz"}), 1,
                 {"2001"});
    EXPECT_TRUE(fs::is_empty(scratch.path()));
}

TEST(BadSentence, TextThatTheModelCannotRead) {
    const TemporaryFolder scratch;
    BrokenModel model("bert");
    const auto export_text = [&](const std::string& text) {
        return fovea(
            {"export", "--model", model.folder(), "--text", "-", "--out", scratch / "a.npz"}, text);
    };
    expect_error(export_text("the cat"), 1, {model.folder(), "no tokenizer"});
    write_file(model / "tokenizer.json", tiny_tokenizer());
    expect_quiet(export_text("the cat"));
    fs::remove(scratch / "a.npz");

    expect_error(export_text(""), 1, {"empty"});
    expect_error(export_text("  \n "), 1, {"empty"});
    expect_error(export_text("the c\xff"), 1, {"UTF-8", "5"});
    std::string long_text;
    for (int i = 0; i < 3000; ++i)
        long_text += "cat ";
    expect_error(export_text(long_text), 1, {"3002", "tokens"});
}

TEST(BadSentence, AMillionCharactersAreReadOrRefused) {
    const TemporaryFolder scratch;
    BrokenModel model("bert");
    write_file(model / "tokenizer.json", tiny_tokenizer());
    std::string text;
    while (text.size() < 1'000'000)
        text += "the cat sat. ";
    expect_error(
        fovea({"export", "--model", model.folder(), "--text", "-", "--out", scratch / "a.npz"},
              text),
        1, {"tokens"});
    const Ended tokenized =
        fovea({"tokenize", "--model", model.folder(), "--text", "-", "--json"}, text);
    EXPECT_EQ(tokenized.status, 0);
    EXPECT_EQ(Json::parse(tokenized.out)["ids"].size(), 2 + 4 * (text.size() / 13));
}

TEST(BadEdits, AreNamedWithTheirFile) {
    const TemporaryFolder scratch;
    const std::string file = scratch / "edits.json";
    const auto with_edits = [&](std::string_view json) {
        write_file(file, json);
        return export_ids(test_model("bert"), scratch / "a.npz", {"--edits", file});
    };
    const std::pair<const char*, const char*> cases[] = {
        {"", "JSON"},
        {"[]", "object"},
        {"{\"temprature\": []}", "temprature"},
        {"{\"temperature\": [{\"value\": 0}]}", "value"},
        {"{\"temperature\": [{\"value\": 1, \"haed\": 0}]}", "haed"},
        {"{\"temperature\": [{\"value\": 2, \"layer\": 99}]}", "layer 99"},
        {"{\"temperature\": [{\"value\": 2, \"head\": 12}]}", "head 12"},
        {"{\"block\": [{\"key\": 3}]}", "key 3"},
        {"{\"block\": [{\"query\": -1}]}", "query"},
        {"{\"mask\": {\"window\": 0}}", "window"},
        {"{\"mask\": \"diagonal\"}", "mask"},
        {"{\"ablate\": [{\"layer\": 0, \"head\": 0, \"to\": \"one\"}]}", "to"},
        {"{\"ablate\": \"\xff\"}", "JSON"},
    };
    for (const auto& [json, part] : cases) {
        SCOPED_TRACE(json);
        expect_error(with_edits(json), 1, {file, part});
    }
    fs::remove(file);
    expect_error(export_ids(test_model("bert"), scratch / "a.npz", {"--edits", file}), 1, {file});
    expect_error(fovea({"--edits", file}), 1, {file});
    expect_error(fovea({"--session", file}), 1, {file});
}

TEST(BadSelection, NamesWhatIsOutOfRange) {
    const TemporaryFolder scratch;
    const std::string bert = test_model("bert");
    const Json config = Json::parse(contents(test_model("bert") / "config.json"));
    const auto layers = config["num_hidden_layers"].dump();
    expect_error(export_ids(bert, scratch / "a.npz", {"--layers", "0-" + layers}), 1,
                 {"layer " + layers + " is out of range"});
    const auto heads = config["num_attention_heads"].dump();
    expect_error(export_ids(bert, scratch / "a.npz", {"--heads", "0," + heads}), 1,
                 {"head " + heads + " is out of range"});
}

TEST(BadPath, LeavesNothingBehindAndOlderFilesAlone) {
    const TemporaryFolder scratch;
    const std::string bert = test_model("bert");
    const fs::path no_folder = scratch / "none" / "a.npz";
    expect_error(export_ids(bert, no_folder), 1, {(scratch / "none").string()});
    fs::create_directory(scratch / "folder.npz");
    expect_error(export_ids(bert, scratch / "folder.npz"), 1, {(scratch / "folder.npz").string()});
    fs::remove(scratch / "folder.npz");
    expect_error(export_ids(bert, "/proc/a.npz"), 1, {"/proc"});

    for (const char* name :
         {"a.npz", "a.npy", "a.safetensors", "a.json", "a.csv", "a.png", "a.svg", "a.pdf"}) {
        SCOPED_TRACE(name);
        write_file(scratch / name, "older");
        const Ended full = fovea({"export", "--model", bert, "--ids", "5,7,9,5,7,9,5,7,9",
                                  "--layers", "0", "--out", scratch / name},
                                 "", 1000);
        expect_error(full, 1, {(scratch / name).string()});
        EXPECT_EQ(contents(scratch / name), "older");
        fs::remove(scratch / name);
        EXPECT_TRUE(fs::is_empty(scratch.path()));
    }
}

TEST(NoDisplay, IsSaid) {
    const Ended ended = fovea({"--model", test_model("bert")});
    expect_error(ended, 1, {"display"});
}

TEST(BenchErrors, RefusesMoreThanTheContext) {
    expect_error(fovea({"bench", "--model", test_model("bert"), "--tokens", "100000"}), 1,
                 {"100000"});
}

}  // namespace
}  // namespace fovea::test
