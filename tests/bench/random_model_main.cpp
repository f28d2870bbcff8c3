// Writes a checkpoint with random weights, for `fovea bench`:
//     fovea_random_model gpt2|gpt2-bf16|long-llama FOLDER
// or, to look at, a narrow Llama of so many layers and heads:
//     fovea_random_model 30x9 FOLDER
#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "random_model.h"

int main(int count, char** arguments) {
    using fovea::test::RandomModel;
    const std::string_view kind = count == 3 ? arguments[1] : "";
    RandomModel model = RandomModel::gpt2_124m();
    int layers = 0, heads = 0;
    if (kind == "gpt2-bf16") {
        model.dtype = fovea::DType::bf16;
    } else if (kind == "long-llama") {
        model = RandomModel::long_llama();
    } else if (count == 3 && std::sscanf(arguments[1], "%dx%d", &layers, &heads) == 2 &&
               layers > 0 && heads > 0) {
        model = RandomModel::narrow_llama(layers, heads);
    } else if (kind != "gpt2") {
        fmt::print(stderr, "usage: {} gpt2|gpt2-bf16|long-llama|LAYERSxHEADS FOLDER\n",
                   arguments[0]);
        return 2;
    }
    const fovea::Status written = fovea::test::write_random_model(model, arguments[2]);
    if (!written) fmt::print(stderr, "{}\n", written.message());
    return written ? 0 : 1;
}
