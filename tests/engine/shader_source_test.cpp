// What GLSL leaves to the driver and Fovea therefore does by bits.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "engine/io/files.h"

namespace fovea {
namespace {

/// A driver may take every float for a number and leave these functions, and a comparison of a
/// value with itself, out: NaN is told by its bits.
TEST(ShaderSource, TellsWhatIsNoNumberByItsBits) {
    const std::filesystem::path shaders = std::filesystem::path(TEST_DATA) / "../../shaders";
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(shaders)) {
        const auto text = read_text_file(entry.path());
        ASSERT_TRUE(text);
        const std::string code = std::regex_replace(*text, std::regex("//[^\n]*"), "");
        EXPECT_FALSE(std::regex_search(code, std::regex(R"(\bis(nan|inf)\s*\()"))) << entry.path();
        EXPECT_FALSE(std::regex_search(code, std::regex(R"(\b(\w+)\s*!=\s*\1\b)"))) << entry.path();
        ++count;
    }
    EXPECT_GE(count, 8);
}

}  // namespace
}  // namespace fovea
