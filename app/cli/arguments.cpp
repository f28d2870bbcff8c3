#include "app/cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include "engine/catalogue/catalogue.h"
#include "engine/export/export.h"
#include "engine/io/files.h"
#include "engine/io/gguf.h"
#include "engine/session/open_model.h"

namespace fovea::app {

namespace {

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The parts between commas, without the blanks around them.
std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const size_t comma = text.find(',');
        parts.push_back(trimmed(text.substr(0, comma)));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

/// A number from 0 that is all of `text`.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc() || stopped != end || number < 0) return std::nullopt;
    return number;
}

std::optional<CancelToken> interrupt_token;

void on_interrupt(int) {
    interrupt_token->cancel();
}

}  // namespace

Result<std::vector<IndexRange>> parse_ranges(std::string_view text) {
    std::vector<IndexRange> ranges;
    for (const std::string_view part : parts_of(text)) {
        const size_t dash = part.find('-');
        const auto first = parse_number<Index>(trimmed(part.substr(0, dash)));
        const auto last = dash == std::string_view::npos
                              ? first
                              : parse_number<Index>(trimmed(part.substr(dash + 1)));
        if (!first || !last)
            return fail("\"{}\" is neither an index nor a range such as 0-2", part);
        if (*last < *first) return fail("the range \"{}\" runs backwards", part);
        ranges.emplace_back(*first, *last);
    }
    return ranges;
}

Result<std::vector<Index>> expand_ranges(std::span<const IndexRange> ranges, Index limit,
                                         std::string_view what) {
    std::vector<Index> indices;
    std::set<Index> seen;
    for (const auto& [first, last] : ranges) {
        if (last >= limit)
            return fail("{} {} is out of range: there are {} (0 to {})", what,
                        std::max(first, limit), limit, limit - 1);
        for (Index i = first; i <= last; ++i)
            if (seen.insert(i).second) indices.push_back(i);
    }
    return indices;
}

Result<std::vector<std::int32_t>> parse_ids(std::string_view text) {
    std::vector<std::int32_t> ids;
    for (const std::string_view part : parts_of(text)) {
        const auto id = parse_number<std::int32_t>(part);
        if (!id) return fail("\"{}\" is no token id", part);
        ids.push_back(*id);
    }
    return ids;
}

Result<std::vector<std::string>> parse_names(std::string_view text,
                                             std::span<const std::string_view> known) {
    std::vector<std::string> names;
    for (const std::string_view part : parts_of(text)) {
        if (std::find(known.begin(), known.end(), part) == known.end())
            return fail("\"{}\" is none of {}", part, fmt::join(known, ", "));
        names.emplace_back(part);
    }
    return names;
}

Result<std::pair<int, int>> parse_size(std::string_view text) {
    const size_t cross = text.find('x');
    const auto width = parse_number<int>(text.substr(0, cross));
    const auto height =
        parse_number<int>(text.substr(cross < text.size() ? cross + 1 : text.size()));
    if (!width || !height) return fail("\"{}\" is no size such as 1440x900", text);
    if (*width < 320 || *height < 240 || *width > 16384 || *height > 16384)
        return fail("{} is not between 320x240 and 16384x16384", text);
    return std::pair(*width, *height);
}

Result<std::string> text_or_standard_input(const std::string& argument) {
    if (argument != "-") return argument;
    constexpr size_t largest_text = size_t{1} << 30;  // of a file as well
    std::string text;
    std::vector<char> block(1 << 16);
    while (std::cin.read(block.data(), static_cast<std::streamsize>(block.size())),
           std::cin.gcount() > 0) {
        text.append(block.data(), static_cast<size_t>(std::cin.gcount()));
        if (text.size() > largest_text) return fail("standard input is too long for a text");
    }
    if (std::cin.bad()) return fail("standard input cannot be read: {}", std::strerror(errno));
    return text;
}

Result<Edits> read_edits_file(const std::filesystem::path& file) {
    FOVEA_TRY(const std::string json, read_text_file(file));
    return parse_edits(json, file.string());
}

Result<std::shared_ptr<const LoadedModel>> load_model(const std::string& folder_or_name) {
    FOVEA_TRY(std::shared_ptr<const LoadedModel> loaded, open_model(folder_or_name));
    for (const std::string& warning : loaded->warnings)
        fmt::print(stderr, "fovea: warning: {}\n", warning);
    return loaded;
}

Result<std::filesystem::path> resolve_tokenizer_folder(const std::string& folder_or_name) {
    std::error_code error;
    const std::filesystem::path folder(folder_or_name);
    if (std::filesystem::is_directory(folder, error)) return folder;
    return resolve_model(folder_or_name);
}

CancelToken interrupted() {
    if (!interrupt_token) {
        interrupt_token.emplace();
        struct sigaction action {};
        action.sa_handler = on_interrupt;
        action.sa_flags = SA_RESETHAND;
        ::sigaction(SIGINT, &action, nullptr);
        ::sigaction(SIGTERM, &action, nullptr);
    }
    return *interrupt_token;
}

std::string file_endings() {
    std::string list;
    for (const Exporter& exporter : exporters())
        list += fmt::format(" {}", exporter.ending);
    return list;
}

std::string check_ending(const std::string& file) {
    const std::string ending = ending_of(file);
    for (const Exporter& exporter : exporters())
        if (exporter.ending == ending) return {};
    if (ending.empty())
        return fmt::format("{}: has no ending; give one of{}", file, file_endings());
    return fmt::format("{}: no format ends in {}; give one of{}", file, ending, file_endings());
}

}  // namespace fovea::app
