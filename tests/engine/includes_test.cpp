// The walls between folders: includes go down only, and the engine draws nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace fovea {
namespace {

namespace fs = std::filesystem;

// Each includes those before it.
const std::vector<std::string> folders = {
    "engine/core",      "engine/jobs",    "engine/io",       "engine/nn",     "engine/arch",
    "engine/edit",      "engine/metrics", "engine/trace",    "engine/text",   "engine/model",
    "engine/catalogue", "engine/session", "engine/analysis", "engine/figure", "engine/export",
    "engine/gpu",       "app/ui",         "app/gl",          "app/state",     "app/maps",
    "app/panels",       "app/views",      "app/shell",       "app/cli",
};

struct Source {
    std::string name;                       // from the root of the sources
    std::vector<std::string> own, foreign;  // what it includes
};

std::vector<Source> sources() {
    const fs::path root = fs::path(TEST_DATA) / "../..";
    static const std::regex line_of_include(R"(^\s*#\s*include\s*["<]([^">]+)[">])");
    std::vector<Source> found;
    for (const char* top : {"engine", "app"})
        for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
            if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
            Source source{entry.path().lexically_relative(root).generic_string(), {}, {}};
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) {
                std::smatch match;
                if (line.find("include") == line.npos ||
                    !std::regex_search(line, match, line_of_include))
                    continue;
                const std::string name = match[1];
                const bool own = name.starts_with("engine/") || name.starts_with("app/");
                (own ? source.own : source.foreign).push_back(name);
            }
            found.push_back(std::move(source));
        }
    return found;
}

std::string folder_of(const std::string& file) {
    return file.substr(0, file.find('/', file.find('/') + 1));
}

TEST(Includes, GoDownOnly) {
    const auto floor_of = [](const std::string& file) {
        return std::find(folders.begin(), folders.end(), folder_of(file)) - folders.begin();
    };
    const auto all = sources();
    ASSERT_GT(all.size(), 300u);
    for (const Source& source : all) {
        if (source.name == "app/main.cpp") continue;
        ASSERT_LT(floor_of(source.name), std::ssize(folders))
            << folder_of(source.name) << " has no place in the list of folders";
        for (const std::string& included : source.own) {
            EXPECT_LE(floor_of(included), floor_of(source.name))
                << source.name << " includes " << included << ", which stands above it";
        }
    }
}

TEST(Includes, TheEngineDrawsNothing) {
    for (const Source& source : sources()) {
        if (!source.name.starts_with("engine/")) continue;
        const bool on_the_gpu = source.name.starts_with("engine/gpu/");
        for (const std::string& included : source.foreign) {
            const bool of_the_window =
                included.find("imgui") != included.npos || included.find("GLFW") != included.npos;
            const bool of_opengl = included.starts_with("epoxy/") || included.starts_with("GL/") ||
                                   included.starts_with("EGL/");
            EXPECT_FALSE(of_the_window || (of_opengl && !on_the_gpu))
                << source.name << " includes " << included;
        }
    }
}

TEST(Includes, WidgetsAndPanelsLeaveOpenGLToOthers) {
    for (const Source& source : sources()) {
        const std::string folder = folder_of(source.name);
        if (folder != "app/ui" && folder != "app/state" && folder != "app/panels") continue;
        for (const std::string& included : source.foreign)
            EXPECT_FALSE(included.starts_with("epoxy/") || included.find("GLFW") != included.npos)
                << source.name << " includes " << included;
    }
}

// Each name belongs to a handle that deletes it.
TEST(Includes, OneHeaderMakesAndDeletesNamesOfOpenGL) {
    static const std::regex bare(R"(\bgl(Gen|Create|Delete)[A-Z]\w*|\bglFenceSync\b)");
    const fs::path root = fs::path(TEST_DATA) / "../..";
    for (const Source& source : sources()) {
        if (source.name == "engine/gpu/gl_names.h") continue;
        std::ifstream file(root / source.name);
        for (std::string line; std::getline(file, line);)
            EXPECT_FALSE(line.find("gl") != line.npos && std::regex_search(line, bare))
                << source.name << ": " << line;
    }
}

TEST(Includes, NoHeaderIncludesItself) {
    std::map<std::string, std::vector<std::string>> includes;
    for (Source& source : sources())
        includes[source.name] = std::move(source.own);
    std::set<std::string> done;
    std::vector<std::string> path;
    const auto visit = [&](const auto& self, const std::string& file) -> void {
        const auto again = std::find(path.begin(), path.end(), file);
        if (again != path.end()) {
            std::string circle;
            for (auto step = again; step != path.end(); ++step)
                circle += *step + " -> ";
            ADD_FAILURE() << circle << file;
            return;
        }
        if (done.contains(file) || !includes.contains(file)) return;
        path.push_back(file);
        for (const std::string& next : includes[file])
            self(self, next);
        path.pop_back();
        done.insert(file);
    };
    for (const auto& [file, unused] : std::map(includes))
        visit(visit, file);
}

}  // namespace
}  // namespace fovea
