// What the prompt does to its text, and the table of keys: no window needed.

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "app/shell/shortcuts.h"
#include "app/ui/text_buffer.h"

namespace fovea::app {
namespace {

TEST(TextBuffer, TypesAndErases) {
    TextBuffer buffer;
    buffer.insert("一二");
    buffer.move_by_character(-1, false);
    buffer.insert("a");
    EXPECT_EQ(buffer.text(), "一a二");
    buffer.erase_character(-1);
    buffer.erase_character(-1);
    EXPECT_EQ(buffer.text(), "二");
    EXPECT_EQ(buffer.caret(), 0u);
    buffer.erase_character(-1);
    buffer.erase_character(1);
    buffer.erase_character(1);
    EXPECT_EQ(buffer.text(), "");
}

TEST(TextBuffer, ReplacesTheSelection) {
    TextBuffer buffer;
    buffer.insert("one two three");
    buffer.select_word_at(5);
    EXPECT_EQ(buffer.selected_text(), "two");
    buffer.insert("2");
    EXPECT_EQ(buffer.text(), "one 2 three");
    buffer.select_all();
    buffer.erase_character(1);
    EXPECT_EQ(buffer.text(), "");
}

TEST(TextBuffer, MovesByWords) {
    TextBuffer buffer;
    buffer.insert("don't  stop, now");
    buffer.move_by_word(-1, false);
    EXPECT_EQ(buffer.caret(), 13u);
    buffer.move_by_word(-1, false);
    EXPECT_EQ(buffer.caret(), 11u);
    buffer.move_by_word(-1, true);
    EXPECT_EQ(buffer.selected_text(), "stop");
    buffer.move_by_word(-1, false);
    EXPECT_EQ(buffer.caret(), 0u);
    buffer.erase_word(1);
    EXPECT_EQ(buffer.text(), "  stop, now");
}

TEST(TextBuffer, CaretFollowsAChangeFromOutside) {
    TextBuffer buffer;
    buffer.insert("a red ball");
    buffer.replace_all("a blue ball");
    EXPECT_EQ(buffer.caret(), 6u);
    buffer.replace_all("");
    EXPECT_EQ(buffer.caret(), 0u);
    // The bytes of two characters may agree at the end only: the caret stays between characters.
    buffer.replace_all("é");
    buffer.replace_all("ĩ");
    EXPECT_EQ(buffer.caret() % 2, 0u);
}

TEST(TextBuffer, ReadsEveryKindOfLineEnd) {
    TextBuffer buffer;
    buffer.insert(std::string_view("a\r\nb\rc\0d", 8));
    EXPECT_EQ(buffer.text(), "a\nb\ncd");
}

TEST(TextBuffer, MoveToNeverSplitsACharacter) {
    TextBuffer buffer;
    buffer.insert("今天");
    for (size_t position = 0; position <= 9; ++position) {
        buffer.move_to(position, false);
        EXPECT_EQ(buffer.caret() % 3, 0u) << position;
    }
}

TEST(Shortcuts, NoKeyDoesTwoThings) {
    std::map<std::tuple<int, char32_t, bool, bool>, int> seen;
    for (const Shortcut& shortcut : shortcuts()) {
        const bool shift = shortcut.shift && (shortcut.key != 0 || shortcut.control);
        ++seen[{shortcut.key, shortcut.character, shortcut.control, shift}];
        EXPECT_TRUE((shortcut.key != 0) != (shortcut.character != 0)) << shortcut.keys;
        EXPECT_NE(shortcut.run, nullptr);
    }
    for (const auto& [key, times] : seen)
        EXPECT_EQ(times, 1) << static_cast<int>(std::get<1>(key));
}

TEST(Shortcuts, PlainLettersNeverActWhileTyping) {
    for (const Shortcut& shortcut : shortcuts())
        EXPECT_FALSE(shortcut.character != 0 && !shortcut.control && shortcut.while_typing)
            << shortcut.keys;
}

}  // namespace
}  // namespace fovea::app
