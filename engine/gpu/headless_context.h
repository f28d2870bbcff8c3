#pragma once

#include <memory>

#include "engine/core/result.h"

namespace fovea::gpu {

/// An OpenGL 4.3 core context without a window or a display (EGL, surfaceless or pbuffer). Current
/// on the thread that made it, for as long as it lives.
class HeadlessContext {
  public:
    static Result<std::unique_ptr<HeadlessContext>> create();
    ~HeadlessContext();
    HeadlessContext(const HeadlessContext&) = delete;

  private:
    HeadlessContext();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea::gpu
