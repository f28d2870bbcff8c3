#include "engine/gpu/headless_context.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace fovea::gpu {

namespace {

/// Whole words only: one extension's name may begin another's.
bool lists(const char* extensions, std::string_view wanted) {
    std::string_view rest = extensions == nullptr ? "" : extensions;
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(' '), rest.size());
        if (rest.substr(0, end) == wanted) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

/// Displays in the order in which they are tried: real GPUs, then Mesa without a surface (software
/// where there is no GPU), then any device, then whatever EGL takes for its default.
std::vector<EGLDisplay> displays() {
    std::vector<EGLDisplay> found;
    const auto add = [&](EGLDisplay display) {
        if (display != EGL_NO_DISPLAY) found.push_back(display);
    };
    const char* client = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    std::vector<EGLDeviceEXT> software;
    if (lists(client, "EGL_EXT_platform_base") && lists(client, "EGL_EXT_platform_device") &&
        (lists(client, "EGL_EXT_device_enumeration") || lists(client, "EGL_EXT_device_base"))) {
        std::array<EGLDeviceEXT, 32> devices = {};
        EGLint count = 0;
        if (eglQueryDevicesEXT(devices.size(), devices.data(), &count) == EGL_TRUE) {
            for (const EGLDeviceEXT device :
                 std::vector(devices.begin(), devices.begin() + std::max(count, 0))) {
                const char* extensions = eglQueryDeviceStringEXT(device, EGL_EXTENSIONS);
                if (lists(extensions, "EGL_MESA_device_software")) {
                    software.push_back(device);
                } else {
                    add(eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, device, nullptr));
                }
            }
        }
    }
    if (lists(client, "EGL_EXT_platform_base") && lists(client, "EGL_MESA_platform_surfaceless")) {
        add(eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA,
                                     reinterpret_cast<void*>(EGL_DEFAULT_DISPLAY), nullptr));
    }
    for (const EGLDeviceEXT device : software) {
        add(eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, device, nullptr));
    }
    add(eglGetDisplay(EGL_DEFAULT_DISPLAY));
    return found;
}

}  // namespace

// The display itself is never terminated: EGL hands the same one to everybody in the process, and
// another context may live on it.
struct HeadlessContext::State {
    EGLDisplay display = EGL_NO_DISPLAY;
    EGLContext context = EGL_NO_CONTEXT;
    EGLSurface surface = EGL_NO_SURFACE;

    ~State() {
        if (display == EGL_NO_DISPLAY) return;
        if (context != EGL_NO_CONTEXT) {
            if (eglGetCurrentContext() == context) {
                eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
            }
            eglDestroyContext(display, context);
        }
        if (surface != EGL_NO_SURFACE) eglDestroySurface(display, surface);
    }

    /// An empty string, or why this display has no OpenGL 4.3.
    std::string open() {
        EGLint major = 0, minor = 0;
        if (eglInitialize(display, &major, &minor) != EGL_TRUE) return "it does not start";
        const char* extensions = eglQueryString(display, EGL_EXTENSIONS);
        const bool surfaceless = lists(extensions, "EGL_KHR_surfaceless_context");
        if (eglBindAPI(EGL_OPENGL_API) != EGL_TRUE) return "it has no OpenGL";

        const std::array<EGLint, 5> wanted = {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT,
                                              surfaceless ? EGL_NONE : EGL_SURFACE_TYPE,
                                              EGL_PBUFFER_BIT, EGL_NONE};
        EGLConfig config = nullptr;
        EGLint count = 0;
        if (eglChooseConfig(display, wanted.data(), &config, 1, &count) != EGL_TRUE || count < 1) {
            if (!surfaceless || !lists(extensions, "EGL_KHR_no_config_context")) {
                return "it has no fitting frame buffer";
            }
            config = EGL_NO_CONFIG_KHR;
        }
        constexpr std::array<EGLint, 7> version = {EGL_CONTEXT_MAJOR_VERSION_KHR,
                                                   4,
                                                   EGL_CONTEXT_MINOR_VERSION_KHR,
                                                   3,
                                                   EGL_CONTEXT_OPENGL_PROFILE_MASK_KHR,
                                                   EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT_KHR,
                                                   EGL_NONE};
        context = eglCreateContext(display, config, EGL_NO_CONTEXT, version.data());
        if (context == EGL_NO_CONTEXT) return "it has no OpenGL 4.3";
        if (!surfaceless) {
            constexpr std::array<EGLint, 5> size = {EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE};
            surface = eglCreatePbufferSurface(display, config, size.data());
            if (surface == EGL_NO_SURFACE) return "it has no surface off the screen";
        }
        if (eglMakeCurrent(display, surface, surface, context) != EGL_TRUE) {
            return "its context cannot be used";
        }
        return {};
    }
};

HeadlessContext::HeadlessContext() : state_(std::make_unique<State>()) {}
HeadlessContext::~HeadlessContext() = default;

Result<std::unique_ptr<HeadlessContext>> HeadlessContext::create() {
    std::string reasons;
    for (const EGLDisplay display : displays()) {
        std::unique_ptr<HeadlessContext> context(new HeadlessContext);
        context->state_->display = display;
        const std::string reason = context->state_->open();
        if (reason.empty()) return context;
        if (!reasons.empty()) reasons += "; ";
        reasons += reason;
    }
    return fail("no OpenGL 4.3 without a window: {}", reasons.empty() ? "EGL is missing" : reasons);
}

}  // namespace fovea::gpu
