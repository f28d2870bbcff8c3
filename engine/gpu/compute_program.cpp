#include "engine/gpu/compute_program.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/gpu/gl.h"

namespace fovea::gpu {

namespace {

Result<std::string> source_of(const ShaderFile& shader) {
    const char* folder = std::getenv("FOVEA_SHADER_DIR");
    if (folder == nullptr || *folder == '\0') return std::string(shader.embedded);
    const std::string path = std::string(folder) + "/" + shader.name;
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail("{}: cannot be read (FOVEA_SHADER_DIR points there)", path);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

template <class Length, class Log>
std::string log_of(GLuint object, Length length_of, Log read) {
    GLint length = 0;
    length_of(object, GL_INFO_LOG_LENGTH, &length);
    std::string log(static_cast<size_t>(length > 0 ? length : 0), '\0');
    GLsizei written = 0;
    if (!log.empty()) read(object, length, &written, log.data());
    log.resize(static_cast<size_t>(written));
    while (!log.empty() && (log.back() == '\n' || log.back() == '\0'))
        log.pop_back();
    return log.empty() ? "the driver gives no reason" : log;
}

bool is_image(GLint type) {
    return type == GL_IMAGE_2D || type == GL_IMAGE_2D_ARRAY;
}

/// The first uniform that is no image, or an empty name.
std::string loose_uniform(GLuint program) {
    GLint count = 0;
    glGetProgramInterfaceiv(program, GL_UNIFORM, GL_ACTIVE_RESOURCES, &count);
    for (GLint i = 0; i < count; ++i) {
        constexpr std::array<GLenum, 2> wanted = {GL_TYPE, GL_BLOCK_INDEX};
        std::array<GLint, 2> found = {};
        glGetProgramResourceiv(program, GL_UNIFORM, static_cast<GLuint>(i), 2, wanted.data(), 2,
                               nullptr, found.data());
        if (is_image(found[0]) || found[1] >= 0) continue;
        std::array<char, 128> name = {};
        glGetProgramResourceName(program, GL_UNIFORM, static_cast<GLuint>(i), name.size(), nullptr,
                                 name.data());
        return name.data();
    }
    return {};
}

}  // namespace

Result<ComputeProgram> ComputeProgram::compile(std::string_view prologue,
                                               std::span<const ShaderFile> files) {
    const char* name = files.back().name;
    std::string text(prologue);
    for (size_t i = 0; i < files.size(); ++i) {
        FOVEA_TRY(const std::string body, source_of(files[i]));
        text += fmt::format("#line 1 {}\n{}\n", i, body);
    }

    drop_gl_errors();
    const Shader shader = Shader::make(GL_COMPUTE_SHADER);
    if (!shader) return fail("shader {}: OpenGL makes no compute shader", name);
    const char* source = text.c_str();
    glShaderSource(shader.name(), 1, &source, nullptr);
    glCompileShader(shader.name());
    GLint compiled = GL_FALSE;
    glGetShaderiv(shader.name(), GL_COMPILE_STATUS, &compiled);
    if (compiled != GL_TRUE) {
        return fail("shader {} does not compile: {}", name,
                    log_of(shader.name(), glGetShaderiv, glGetShaderInfoLog));
    }

    ComputeProgram result;
    result.program_ = Program::make();
    const GLuint program = result.name();
    glAttachShader(program, shader.name());
    glLinkProgram(program);
    glDetachShader(program, shader.name());
    GLint linked = GL_FALSE;
    glGetProgramiv(program, GL_LINK_STATUS, &linked);
    if (linked != GL_TRUE) {
        return fail("shader {} does not link: {}", name,
                    log_of(program, glGetProgramiv, glGetProgramInfoLog));
    }
    if (const std::string loose = loose_uniform(program); !loose.empty()) {
        return fail("shader {}: nothing sets its uniform {}", name, loose);
    }
    FOVEA_CHECK(check_gl("building a compute shader"));
    return result;
}

}  // namespace fovea::gpu
