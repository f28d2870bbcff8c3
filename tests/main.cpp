// Runs the tests of one folder. `--ctest FILE` writes them for CTest instead: each test is a
// process of its own, named FILE_OF_THE_TEST/Suite.Test.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#ifndef FOVEA_LEFT_OUT
#define FOVEA_LEFT_OUT ""
#endif

namespace {

constexpr std::string_view end_of_source = "_test";

/// tests/engine/tensor_test.cpp -> tensor.
std::string prefix(const testing::TestInfo& test) {
    std::string name = std::filesystem::path(test.file()).stem().string();
    if (name.ends_with(end_of_source)) name.resize(name.size() - end_of_source.size());
    return name;
}

/// With the value of a parameter that has no name, rather than its number.
std::string readable_name(const testing::TestInfo& test) {
    std::string name = test.name();
    const size_t slash = name.rfind('/');
    const bool numbered =
        slash != name.npos && name.find_first_not_of("0123456789", slash + 1) == name.npos;
    if (test.value_param() && numbered) name = name.substr(0, slash + 1) + test.value_param();
    return std::string(test.test_suite_name()) + "." + name;
}

/// Tests that this build does not run, as patterns with colons between them.
constexpr std::string_view left_out = FOVEA_LEFT_OUT;

bool is_left_out(const std::string& name) {
    std::istringstream patterns{std::string(left_out)};
    for (std::string pattern; std::getline(patterns, pattern, ':');)
        if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return true;
    return false;
}

std::string quoted(const std::string& text) {
    return "[==[" + text + "]==]";
}

/// Suites that drive a window by pointer and keys take turns: a display has one of each.
std::string_view lock_of(std::string_view suite) {
    return suite.starts_with("Driven") ? " RESOURCE_LOCK display" : "";
}

int write_for_ctest(const std::string& program, const std::string& file) {
    std::map<std::string, std::string> files;  // by name
    std::ofstream out(file);
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i) {
        const testing::TestSuite& suite = *all.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j) {
            const testing::TestInfo& test = *suite.GetTestInfo(j);
            // GoogleTest would run one of the two fixtures for both.
            const auto [known, fresh] = files.emplace(suite.name(), test.file());
            if (!fresh && known->second != test.file()) {
                std::cerr << known->second << " and " << test.file() << " both name a suite "
                          << suite.name() << ": rename one\n";
                return 1;
            }
            if (is_left_out(std::string(suite.name()) + "." + test.name())) continue;
            const std::string name = quoted(prefix(test) + "/" + readable_name(test));
            out << "add_test(" << name << ' ' << quoted(program) << ' '
                << quoted(std::string("--gtest_filter=") + suite.name() + "." + test.name())
                << ")\nset_tests_properties(" << name << " PROPERTIES ${properties}"
                << lock_of(suite.name()) << ")\n";
        }
    }
    out.flush();
    return out ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc == 3 && argv[1] == std::string_view("--ctest"))
        return write_for_ctest(std::filesystem::absolute(argv[0]).string(), argv[2]);
    if (GTEST_FLAG_GET(filter) == "*" && !left_out.empty())
        GTEST_FLAG_SET(filter, "-" + std::string(left_out));
    return RUN_ALL_TESTS();
}
