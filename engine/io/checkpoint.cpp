#include "engine/io/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "engine/io/mapped_file.h"

namespace fovea {

std::string shape_text(std::span<const Index> shape) {
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::shared_ptr<const Checkpoint> Checkpoint::of_tensors(
    std::string name, std::map<std::string, TensorView, std::less<>> tensors,
    std::shared_ptr<const void> keep_alive, std::vector<std::shared_ptr<const MappedFile>> files) {
    auto checkpoint = std::make_shared<Checkpoint>();
    checkpoint->name_ = std::move(name);
    checkpoint->tensors_ = std::move(tensors);
    checkpoint->keep_alive_ = std::move(keep_alive);
    checkpoint->files_ = std::move(files);
    return checkpoint;
}

Status Checkpoint::intact() const {
    for (const auto& file : files_)
        FOVEA_CHECK(file->intact());
    return {};
}

const TensorView* Checkpoint::find(std::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace fovea
