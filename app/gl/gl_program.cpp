#include "app/gl/gl_program.h"

#include <epoxy/gl.h>

namespace fovea::app {
namespace {

Result<gpu::Shader> compile(GLenum stage, std::string_view name,
                            std::span<const std::string_view> sources) {
    std::string text = "#version 330 core\n";
    for (const auto source : sources)
        text += source;
    gpu::Shader shader = gpu::Shader::make(stage);
    const char* begin = text.c_str();
    glShaderSource(shader.name(), 1, &begin, nullptr);
    glCompileShader(shader.name());
    GLint ok = GL_FALSE;
    glGetShaderiv(shader.name(), GL_COMPILE_STATUS, &ok);
    if (ok == GL_TRUE) return shader;
    char log[2048] = "";
    glGetShaderInfoLog(shader.name(), sizeof log, nullptr, log);
    return fail("the shader {} does not compile: {}", name, log);
}

}  // namespace

Result<GlProgram> GlProgram::build(std::string_view name,
                                   std::span<const std::string_view> vertex_sources,
                                   std::span<const std::string_view> fragment_sources) {
    FOVEA_TRY(const gpu::Shader vertex, compile(GL_VERTEX_SHADER, name, vertex_sources));
    FOVEA_TRY(const gpu::Shader fragment, compile(GL_FRAGMENT_SHADER, name, fragment_sources));
    GlProgram result;
    result.program_ = gpu::Program::make();
    const GLuint program = result.program_.name();
    glAttachShader(program, vertex.name());
    glAttachShader(program, fragment.name());
    glLinkProgram(program);
    GLint ok = GL_FALSE;
    glGetProgramiv(program, GL_LINK_STATUS, &ok);
    if (ok != GL_TRUE) {
        char log[2048] = "";
        glGetProgramInfoLog(program, sizeof log, nullptr, log);
        return fail("the shader {} does not link: {}", name, log);
    }
    return result;
}

void GlProgram::use() const {
    glUseProgram(program_.name());
}

int GlProgram::location(const char* name) {
    const auto found = locations_.find(name);
    if (found != locations_.end()) return found->second;
    const int location = glGetUniformLocation(program_.name(), name);
    locations_.emplace(name, location);
    return location;
}

void GlProgram::set(const char* name, int value) {
    glUniform1i(location(name), value);
}
void GlProgram::set(const char* name, float value) {
    glUniform1f(location(name), value);
}
void GlProgram::set(const char* name, int x, int y) {
    glUniform2i(location(name), x, y);
}
void GlProgram::set(const char* name, float x, float y) {
    glUniform2f(location(name), x, y);
}
void GlProgram::set(const char* name, float x, float y, float z, float w) {
    glUniform4f(location(name), x, y, z, w);
}

void GlProgram::set_colour(const char* name, ImU32 colour) {
    const ImVec4 c = ImGui::ColorConvertU32ToFloat4(colour);
    set(name, c.x, c.y, c.z, c.w);
}

}  // namespace fovea::app
