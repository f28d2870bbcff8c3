#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/arguments.h"
#include "app/cli/subcommand.h"
#include "engine/arch/gguf_keys.h"
#include "engine/io/gguf.h"
#include "engine/model/load_warnings.h"
#include "engine/session/reading_memory.h"
#include "engine/text/readers/gguf_tokenizer.h"
#include "engine/text/tokenizer.h"

namespace fovea::app {

namespace {

struct TokenizeArguments {
    std::string model, text, pair;
    CLI::Option* pair_option = nullptr;
    bool json = false;
    bool no_special_tokens = false;
};

/// A token on one line and in one column, whatever it is made of.
std::string escaped(std::string_view token) {
    std::string result;
    for (const char byte : token) {
        if (byte == '\n') {
            result += "\\n";
        } else if (byte == '\t') {
            result += "\\t";
        } else if (byte == '\r') {
            result += "\\r";
        } else {
            result += byte;
        }
    }
    return result;
}

/// One by one: a document of a long text would take more memory than its tokens.
template <class Words>
void print_list(std::string_view before, std::string_view name, const std::vector<Token>& tokens,
                Words words) {
    fmt::print("{}\"{}\":[", before, name);
    for (const Token& token : tokens)
        fmt::print("{}{}", &token == &tokens.front() ? "" : ",", words(token));
    fmt::print("]");
}

void print_json(const std::vector<Token>& tokens, bool pair) {
    print_list("{", "ids", tokens, [](const Token& token) { return std::to_string(token.id); });
    print_list(",", "tokens", tokens, [](const Token& token) {
        return nlohmann::json(token.text)
            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    });
    print_list(",", "spans", tokens,
               [](const Token& token) { return fmt::format("[{},{}]", token.begin, token.end); });
    if (pair)
        print_list(",", "token_types", tokens,
                   [](const Token& token) { return std::to_string(token.type); });
    fmt::print("}}\n");
}

Result<std::shared_ptr<const Tokenizer>> load_tokenizer(const std::filesystem::path& path) {
    FOVEA_TRY(const std::optional<std::filesystem::path> file, find_gguf(path));
    if (!file) {
        FOVEA_TRY(std::shared_ptr<const Tokenizer> tokenizer, Tokenizer::load_folder(path));
        if (tokenizer) {
            for (const std::string& warning : tokenizer->warnings())
                fmt::print(stderr, "fovea: warning: {}\n", warning);
            return tokenizer;
        }
        return fail(
            "{}: no tokenizer.json in this folder, nor vocab.json with merges.txt, vocab.txt or a "
            "SentencePiece model",
            path.string());
    }
    FOVEA_TRY(const std::shared_ptr<const Gguf> gguf, Gguf::open(*file));
    FOVEA_TRY(std::shared_ptr<const Tokenizer> tokenizer, gguf_tokenizer(*gguf));
    if (!tokenizer) return fail("{}: has no tokenizer in it", file->string());
    std::vector<std::string> unread = GgufMetadata(*gguf).unread();
    std::erase_if(unread, [](const std::string& key) { return !key.starts_with("tokenizer."); });
    if (const std::string warning = unread_warning(gguf->name(), unread); !warning.empty())
        fmt::print(stderr, "fovea: warning: {}\n", warning);
    return tokenizer;
}

Outcome run_tokenize(const TokenizeArguments& arguments) {
    FOVEA_TRY(const std::filesystem::path folder, resolve_tokenizer_folder(arguments.model));
    FOVEA_TRY(const auto tokenizer, load_tokenizer(folder));
    FOVEA_TRY(const std::string text, text_or_standard_input(arguments.text));
    const bool special = !arguments.no_special_tokens, pair = arguments.pair_option->count() > 0;
    if (pair && !tokenizer->has_pairs())
        return fail("{}: its tokenizer has no template for pairs, so it takes no --pair",
                    folder.string());
    FOVEA_CHECK(check_text_memory(text.size() + (pair ? arguments.pair.size() : 0)));
    FOVEA_TRY(const std::vector<Token> tokens,
              pair ? tokenizer->encode_pair(text, arguments.pair, special)
                   : tokenizer->encode(text, special));
    if (arguments.json) {
        print_json(tokens, pair);
        return {};
    }
    for (const Token& token : tokens) {
        fmt::print("{}\t{}\t{}-{}", token.id, escaped(token.text), token.begin, token.end);
        if (pair) fmt::print("\t{}", token.type);
        fmt::print("\n");
    }
    return {};
}

std::function<Outcome()> declare_tokenize(CLI::App& app) {
    auto arguments = std::make_shared<TokenizeArguments>();
    app.add_option("--model", arguments->model,
                   "A folder with a tokenizer, a GGUF file, or the name of an installed model")
        ->type_name("FOLDER_OR_NAME")
        ->required();
    app.add_option("--text", arguments->text, "The sentence; - reads standard input as it is")
        ->type_name("STRING")
        ->required();
    arguments->pair_option =
        app.add_option("--pair", arguments->pair,
                       "A second sentence, joined to the first by the tokenizer's template")
            ->type_name("STRING");
    app.add_flag("--json", arguments->json, "One object: ids, tokens, spans in bytes");
    app.add_flag("--no-special-tokens", arguments->no_special_tokens,
                 "Without those that the model adds, such as [CLS]");
    app.footer(
        "Prints a line for each token: id, token, bytes of the text from-to; with --pair its "
        "type.");
    return [arguments] { return run_tokenize(*arguments); };
}

}  // namespace

Subcommand tokenize_subcommand() {
    return {"tokenize", "Show the tokens of a sentence", declare_tokenize};
}

}  // namespace fovea::app
