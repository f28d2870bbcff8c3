// Writes a checkpoint with random weights, for `fovea bench`:
//     fovea_random_model gpt2|gpt2-bf16|long-llama FOLDER
#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "random_model.h"

int main(int count, char** arguments) {
    using fovea::test::RandomModel;
    const std::string_view kind = count == 3 ? arguments[1] : "";
    RandomModel model = RandomModel::gpt2_124m();
    if (kind == "gpt2-bf16") {
        model.dtype = fovea::DType::bf16;
    } else if (kind == "long-llama") {
        model = RandomModel::long_llama();
    } else if (kind != "gpt2") {
        fmt::print(stderr, "usage: {} gpt2|gpt2-bf16|long-llama FOLDER\n", arguments[0]);
        return 2;
    }
    const fovea::Status written = fovea::test::write_random_model(model, arguments[2]);
    if (!written) fmt::print(stderr, "{}\n", written.message());
    return written ? 0 : 1;
}
