#include "engine/text/readers/folder_class.h"

#include <algorithm>
#include <array>

namespace fovea::text {
namespace {

struct NamedFamily {
    std::string_view name;
    Family family;
};

// transformers 5 makes one class of what were several: ElectraTokenizer is BertTokenizer.
constexpr std::array classes = {
    NamedFamily{"AlbertTokenizer", Family::albert},
    NamedFamily{"BartTokenizer", Family::roberta},
    NamedFamily{"BertTokenizer", Family::bert},
    NamedFamily{"CamembertTokenizer", Family::camembert},
    NamedFamily{"CodeGenTokenizer", Family::gpt2},
    NamedFamily{"ConvBertTokenizer", Family::bert},
    NamedFamily{"DistilBertTokenizer", Family::bert},
    NamedFamily{"ElectraTokenizer", Family::bert},
    NamedFamily{"GPT2Tokenizer", Family::gpt2},
    NamedFamily{"GPTNeoXTokenizer", Family::gpt_neox},
    NamedFamily{"GemmaTokenizer", Family::gemma},
    NamedFamily{"LEDTokenizer", Family::roberta},
    NamedFamily{"LayoutLMTokenizer", Family::bert},
    NamedFamily{"LlamaTokenizer", Family::llama},
    NamedFamily{"LongformerTokenizer", Family::roberta},
    NamedFamily{"MPNetTokenizer", Family::mpnet},
    NamedFamily{"MarianTokenizer", Family::marian},
    NamedFamily{"MobileBertTokenizer", Family::bert},
    NamedFamily{"Qwen2Tokenizer", Family::qwen2},
    NamedFamily{"RobertaTokenizer", Family::roberta},
    NamedFamily{"SqueezeBertTokenizer", Family::bert},
    NamedFamily{"T5Tokenizer", Family::t5},
    NamedFamily{"XLMRobertaTokenizer", Family::xlm_roberta},
};

struct ModelType {
    std::string_view model_type;
    std::string_view class_name;
    /// transformers' own; "": it has none, and takes the class that the folder states.
    std::string_view registered;
    /// What a folder states is known to be wrong on the Hub.
    bool overrules = false;
};

// Those that Fovea runs, and those whose tokenizers others use.
constexpr std::array model_types = {
    ModelType{"albert", "AlbertTokenizer", "AlbertTokenizer"},
    ModelType{"bart", "BartTokenizer", "RobertaTokenizer"},
    ModelType{"bert", "BertTokenizer", "BertTokenizer"},
    ModelType{"camembert", "CamembertTokenizer", "CamembertTokenizer"},
    ModelType{"codegen", "CodeGenTokenizer", "GPT2Tokenizer"},
    ModelType{"convbert", "ConvBertTokenizer", "BertTokenizer"},
    ModelType{"data2vec-text", "RobertaTokenizer", "RobertaTokenizer"},
    ModelType{"distilbert", "DistilBertTokenizer", "BertTokenizer"},
    ModelType{"electra", "ElectraTokenizer", "BertTokenizer"},
    ModelType{"gemma", "GemmaTokenizer", "GemmaTokenizer"},
    ModelType{"gemma2", "GemmaTokenizer", "GemmaTokenizer"},
    ModelType{"gemma3", "GemmaTokenizer", "GemmaTokenizer"},
    ModelType{"gemma3_text", "GemmaTokenizer", "GemmaTokenizer"},
    ModelType{"gpt2", "GPT2Tokenizer", "GPT2Tokenizer"},
    ModelType{"gpt_neo", "GPT2Tokenizer", "GPT2Tokenizer"},
    ModelType{"gpt_neox", "GPTNeoXTokenizer", "GPTNeoXTokenizer"},
    ModelType{"gptj", "GPT2Tokenizer", "GPT2Tokenizer"},
    ModelType{"led", "LEDTokenizer", "LEDTokenizer"},
    ModelType{"llama", "LlamaTokenizer", ""},
    ModelType{"longformer", "LongformerTokenizer", "RobertaTokenizer"},
    ModelType{"marian", "MarianTokenizer", "MarianTokenizer"},
    ModelType{"mistral", "LlamaTokenizer", "TokenizersBackend"},
    ModelType{"mobilebert", "MobileBertTokenizer", "MobileBertTokenizer"},
    ModelType{"modernbert", "", "TokenizersBackend", true},
    ModelType{"mpnet", "MPNetTokenizer", "MPNetTokenizer"},
    ModelType{"mt5", "T5Tokenizer", "T5Tokenizer"},
    ModelType{"opt", "GPT2Tokenizer", "GPT2Tokenizer"},
    ModelType{"phi", "GPT2Tokenizer", "GPT2Tokenizer"},
    ModelType{"qwen2", "Qwen2Tokenizer", "Qwen2Tokenizer", true},
    ModelType{"qwen3", "Qwen2Tokenizer", "Qwen2Tokenizer"},
    ModelType{"roberta", "RobertaTokenizer", "RobertaTokenizer"},
    ModelType{"t5", "T5Tokenizer", "T5Tokenizer"},
    ModelType{"xlm-roberta", "XLMRobertaTokenizer", "XLMRobertaTokenizer"},
};

const ModelType* find_model_type(std::string_view name) {
    const auto* found = std::find_if(model_types.begin(), model_types.end(),
                                     [&](const ModelType& row) { return row.model_type == name; });
    return found == model_types.end() ? nullptr : found;
}

}  // namespace

TokenizerClass tokenizer_class(std::string_view name) {
    constexpr std::string_view fast = "Fast";
    if (name.ends_with(fast)) name.remove_suffix(fast.size());
    for (const NamedFamily& row : classes)
        if (row.name == name) return {std::string(name), row.family};
    return {std::string(name), Family::file};
}

std::string_view usual_class(std::string_view model_type) {
    const ModelType* row = find_model_type(model_type);
    return row ? row->class_name : std::string_view();
}

TokenizerClass class_beside_tokenizer_json(std::string_view stated, std::string_view model_type) {
    const ModelType* row = find_model_type(model_type);
    const std::string_view registered = row ? row->registered : std::string_view();
    if (stated.empty()) return tokenizer_class(registered);
    const TokenizerClass named = tokenizer_class(stated);
    if (registered.empty() || registered == named.name) return named;
    if (registered == "TokenizersBackend") return {};
    return row->overrules ? tokenizer_class(registered) : named;
}

std::map<std::string, std::string> usual_specials(Family family) {
    switch (family) {
        case Family::bert:
            return {{"unk_token", "[UNK]"},
                    {"sep_token", "[SEP]"},
                    {"pad_token", "[PAD]"},
                    {"cls_token", "[CLS]"},
                    {"mask_token", "[MASK]"}};
        case Family::mpnet:
        case Family::roberta:
        case Family::xlm_roberta:
        case Family::camembert:
            return {{"bos_token", "<s>"},
                    {"eos_token", "</s>"},
                    {"unk_token", family == Family::mpnet ? "[UNK]" : "<unk>"},
                    {"sep_token", "</s>"},
                    {"pad_token", "<pad>"},
                    {"cls_token", "<s>"},
                    {"mask_token", "<mask>"}};
        case Family::albert:
            return {{"bos_token", "[CLS]"},  {"eos_token", "[SEP]"}, {"unk_token", "<unk>"},
                    {"sep_token", "[SEP]"},  {"pad_token", "<pad>"}, {"cls_token", "[CLS]"},
                    {"mask_token", "[MASK]"}};
        case Family::gpt2:
            return {{"bos_token", "<|endoftext|>"},
                    {"eos_token", "<|endoftext|>"},
                    {"unk_token", "<|endoftext|>"}};
        case Family::gpt_neox:
            return {{"bos_token", "<|endoftext|>"},
                    {"eos_token", "<|endoftext|>"},
                    {"unk_token", "<|endoftext|>"},
                    {"pad_token", "<|padding|>"}};
        case Family::qwen2:
            return {{"eos_token", "<|endoftext|>"},
                    {"unk_token", "<|endoftext|>"},
                    {"pad_token", "<|endoftext|>"}};
        case Family::llama:
            return {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}};
        case Family::gemma:
            return {{"bos_token", "<bos>"},
                    {"eos_token", "<eos>"},
                    {"unk_token", "<unk>"},
                    {"pad_token", "<pad>"},
                    {"mask_token", "<mask>"}};
        case Family::t5:
            return {{"eos_token", "</s>"}, {"unk_token", "<unk>"}, {"pad_token", "<pad>"}};
        case Family::marian:
        case Family::file:
            break;
    }
    return {};
}

}  // namespace fovea::text
