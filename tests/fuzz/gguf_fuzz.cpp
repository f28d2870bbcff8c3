#include <cstdint>
#include <cstdlib>

#include "engine/arch/gguf_config.h"
#include "engine/arch/gguf_names.h"
#include "engine/arch/gguf_rows.h"
#include "engine/io/gguf.h"
#include "engine/model/bind.h"
#include "engine/model/config.h"
#include "engine/model/weights.h"
#include "engine/text/readers/gguf_tokenizer.h"

namespace {

volatile double element = 0;  // so that a read of an element is not left out

/// What is made of a file that can be read: a configuration, bound weights, a tokenizer.
void make_model(const std::shared_ptr<const fovea::Gguf>& gguf) {
    if (const auto tokenizer = fovea::gguf_tokenizer(*gguf); tokenizer && *tokenizer)
        (void)(*tokenizer)->encode("A naïve text,  1234\n", true);
    const auto config = fovea::gguf_config_json(*gguf);
    if (!config) return;
    const auto parsed = fovea::parse_config(*config, "fuzz");
    if (!parsed) return;
    const auto weights = fovea::gguf_weights(gguf);
    if (!weights) return;
    const fovea::ArchSpec arch = fovea::gguf_architecture(*parsed->arch, **weights);
    (void)fovea::bind_weights(arch, parsed->config, **weights);
    if (parsed->encoder) (void)fovea::bind_weights(*arch.encoder, *parsed->encoder, **weights);
}

}  // namespace

/// Whatever a file says, its tensors and texts lie within it, tensors have the size that their
/// shapes say, and making a model of it ends well or in an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto result = fovea::Gguf::parse(bytes, "fuzz");
    if (!result) return 0;
    const auto within = [&](const void* begin, std::size_t count) {
        const auto* first = static_cast<const std::uint8_t*>(begin);
        if (count > 0 &&
            (first < data || count > size || first - data > std::ptrdiff_t(size - count)))
            std::abort();
    };
    for (const auto& [key, value] : (*result)->metadata()) {
        within(key.data(), key.size());
        if (const auto* texts = (*result)->texts(key))
            for (const auto text : *texts)
                within(text.data(), text.size());
        if (const auto* numbers = (*result)->numbers(key)) {
            within(numbers->bytes.data(), numbers->bytes.size());
            for (fovea::Index i = 0; i < numbers->size(); ++i)
                element = (*numbers)[i];
        }
    }
    std::size_t covered = 0;
    for (const auto& [name, view] : (*result)->checkpoint()->tensors()) {
        const fovea::Index count = fovea::element_count(view.shape);
        if (view.bytes.size() != fovea::dtype_bytes(view.dtype, count)) std::abort();
        within(view.bytes.data(), view.bytes.size());
        covered += view.bytes.size();
    }
    if (covered > size) std::abort();
    make_model(*result);
    return 0;
}
