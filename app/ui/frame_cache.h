#pragma once

#include <memory>
#include <typeindex>
#include <unordered_map>

namespace fovea::app {

/// What panels and widgets remember from frame to frame because making it is work: one of each
/// type, made when it is first asked for. It is the application's; panels own nothing. What is
/// remembered says itself what it was made of. UI thread only.
class FrameCache {
  public:
    template <class Memory>
    Memory& of() {
        std::shared_ptr<void>& kept = kept_[typeid(Memory)];
        if (!kept) kept = std::make_shared<Memory>();
        return *static_cast<Memory*>(kept.get());
    }

  private:
    std::unordered_map<std::type_index, std::shared_ptr<void>> kept_;
};

}  // namespace fovea::app
