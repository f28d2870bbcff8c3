#include "app/cli/arguments.h"

#include <gtest/gtest.h>

#include "app/ui/units.h"

namespace fovea::app {
namespace {

std::vector<Index> indices(std::string_view text, Index limit) {
    const auto ranges = parse_ranges(text);
    EXPECT_TRUE(ranges.ok()) << text;
    const auto expanded = expand_ranges(*ranges, limit, "layer");
    EXPECT_TRUE(expanded.ok()) << text;
    return expanded.ok() ? *expanded : std::vector<Index>{};
}

TEST(Ranges, AreListsOfIndicesAndSpans) {
    EXPECT_EQ(indices("0-2,4", 6), (std::vector<Index>{0, 1, 2, 4}));
    EXPECT_EQ(indices("3", 6), (std::vector<Index>{3}));
    EXPECT_EQ(indices("3,1, 1-2", 6), (std::vector<Index>{3, 1, 2}));
}

TEST(Ranges, RefuseWhatIsNone) {
    for (const char* text : {"", ",", "a", "1-", "-1", "1--2", "2-1", "1.5", "1,", "0x1",
                             "99999999999999999999", "0-99999999999999999999"})
        EXPECT_FALSE(parse_ranges(text).ok()) << text;
}

TEST(Ranges, NameTheFirstIndexOutOfRange) {
    const auto message = [](std::string_view text) {
        const auto expanded = expand_ranges(*parse_ranges(text), 6, "layer");
        return expanded.ok() ? "" : expanded.message();
    };
    EXPECT_EQ(message("2,7"), "layer 7 is out of range: there are 6 (0 to 5)");
    EXPECT_EQ(message("4-9"), "layer 6 is out of range: there are 6 (0 to 5)");
    EXPECT_EQ(message("0-9000000000000000000"), "layer 6 is out of range: there are 6 (0 to 5)");
}

TEST(Ids, AreWholeNumbersFromZero) {
    EXPECT_EQ(*parse_ids("5,7, 9"), (std::vector<std::int32_t>{5, 7, 9}));
    for (const char* text : {"", "5,", "-1", "x", "1-2", "2147483648"})
        EXPECT_FALSE(parse_ids(text).ok()) << text;
}

TEST(Names, AreOfTheList) {
    const std::string_view known[] = {"logits", "scores"};
    EXPECT_EQ(*parse_names("scores,logits", known), (std::vector<std::string>{"scores", "logits"}));
    const auto unknown = parse_names("scores,logit", known);
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.message(), "\"logit\" is none of logits, scores");
}

TEST(Size, IsWidthByHeight) {
    EXPECT_EQ(*parse_size("1440x900"), std::pair(1440, 900));
    for (const char* text : {"", "1440", "1440x", "x900", "1440*900", "1x1", "99999x900", "-5x900"})
        EXPECT_FALSE(parse_size(text).ok()) << text;
}

TEST(Units, AreReadAtAGlance) {
    EXPECT_EQ(bytes_text(999), "999 B");
    EXPECT_EQ(bytes_text(90868376), "90.9 MB");
    EXPECT_EQ(bytes_text(999'960'000), "1.0 GB");
    EXPECT_EQ(grouped(7), "7");
    EXPECT_EQ(grouped(123), "123");
    EXPECT_EQ(grouped(1234), "1,234");
    EXPECT_EQ(grouped(22713216), "22,713,216");
}

}  // namespace
}  // namespace fovea::app
