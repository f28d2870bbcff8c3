#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fovea::text {

/// How transformers makes a tokenizer of a class: the family decides which steps it takes
/// whatever a tokenizer.json says of them, and which keys of tokenizer_config.json it reads.
enum class Family {
    file,  ///< the tokenizer.json as it stands (PreTrainedTokenizerFast and all classes unknown)
    bert,
    mpnet,
    gpt2,
    gpt_neox,
    qwen2,
    roberta,
    llama,
    gemma,
    t5,
    albert,
    xlm_roberta,
    camembert,
    marian,
};

/// A class of transformers' tokenizers.
struct TokenizerClass {
    std::string name;  ///< without "Fast"; empty where neither the files nor the model say
    Family family = Family::file;
};

/// By its name, "Fast" or not.
TokenizerClass tokenizer_class(std::string_view name);

/// The name of the class that belongs to config.json's model_type; empty where there is none.
std::string_view usual_class(std::string_view model_type);

/// The class that AutoTokenizer takes for a folder with a tokenizer.json, from what
/// tokenizer_config.json or config.json call it (`stated`, empty: nothing) and from the model_type.
TokenizerClass class_beside_tokenizer_json(std::string_view stated, std::string_view model_type);

/// The special tokens that a class has without being told: "cls_token" -> "[CLS]".
std::map<std::string, std::string> usual_specials(Family family);

}  // namespace fovea::text
