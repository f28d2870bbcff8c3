// A model writes: each token is the likeliest after all before it, and the text is cut into them.

#include "engine/session/continuation.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/arch/model_config.h"
#include "engine/session/id_tokens.h"
#include "must_have.h"
#include "small_model.h"
#include "temporary_folder.h"

namespace fovea::test {
namespace {

using Write = ReadingRequest::Write;
using Ids = std::vector<std::int32_t>;

/// By definition, a whole pass each time.
Ids likeliest(const Model& model, Ids ids, const Edits& edits, size_t count) {
    Ids written;
    for (size_t i = 0; i < count; ++i) {
        const auto trace = run(model, {ids, edits}, nullptr, {});
        EXPECT_TRUE(trace.ok());
        const auto last = static_cast<Index>(ids.size()) - 1;
        const Tensor row = logits(model, **trace, last, last + 1);
        const auto best = std::max_element(row.values().begin(), row.values().end());
        ids.push_back(static_cast<std::int32_t>(best - row.values().begin()));
        written.push_back(ids.back());
    }
    return written;
}

TEST(Continuation, WritesTheLikeliestTokenUnderWhatIsShown) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.edits = *parse_edits(
        R"({"temperature": [{"value": 0.1}], "ablate": [{"layer": 0, "head": 0}]})", "e");
    bool edits_mattered = false;
    for (const Write write : {Write::unedited, Write::edited}) {
        request.text = words(6);
        request.write = write;
        std::shared_ptr<const Reading> reading;
        Ids written;
        const Edits edits = write == Write::edited ? request.edits : Edits();
        const Ids first = ids_of(*request.model->tokenizer->encode(request.text, true));
        const Ids wanted = likeliest(*request.model->model, first, edits, 6);
        for (size_t i = 0; i < wanted.size(); ++i) {
            reading = must_read(request, reading.get());
            ASSERT_TRUE(reading && reading->continuation);
            const Continuation& next = *reading->continuation;
            ASSERT_EQ(next.remark, "") << i;
            ASSERT_EQ(next.ids.size(), 1u);
            written.push_back(next.ids[0]);
            ASSERT_TRUE(next.text.starts_with(request.text));
            request.text = next.text;
        }
        EXPECT_EQ(written, wanted);
        Ids all = first;
        all.insert(all.end(), written.begin(), written.end());
        EXPECT_EQ(ids_of(*request.model->tokenizer->encode(request.text, true)), all);
        edits_mattered = edits_mattered || wanted != likeliest(*request.model->model, first, {}, 6);
    }
    EXPECT_TRUE(edits_mattered);
}

TEST(Continuation, IsAskedForAndComesBehindTheTextWhateverTokenIsChosen) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.text = words(5);
    EXPECT_FALSE(must_read(request)->continuation);
    request.write = Write::unedited;
    const auto at_the_end = must_read(request);
    request.prediction_position = 1;
    const auto elsewhere = must_read(request);
    EXPECT_EQ(elsewhere->continuation->ids, at_the_end->continuation->ids);
    EXPECT_EQ(elsewhere->continuation->text, at_the_end->continuation->text);
}

TEST(Continuation, StopsWhereTheContextIsFull) {
    ReadingRequest request;
    request.model = small_model("gpt2");
    request.write = Write::unedited;
    const auto context = static_cast<int>(request.model->model->context());
    for (const int count : {context - 1, context, context + 5}) {
        request.text = words(count);
        const auto reading = must_read(request);
        ASSERT_TRUE(reading && reading->continuation);
        EXPECT_EQ(reading->continuation->ids.empty(), count >= context) << count;
        EXPECT_EQ(reading->continuation->remark.find("there is no place for another") !=
                      std::string::npos,
                  count >= context)
            << reading->continuation->remark;
    }
}

TEST(Continuation, FillsTheFirstMask) {
    ReadingRequest request;
    request.model = small_model("bert");
    request.text = "w10 [MASK] w12 [MASK].";
    request.write = Write::unedited;
    const auto reading = must_read(request);
    ASSERT_TRUE(reading && reading->continuation);
    const Continuation& next = *reading->continuation;
    ASSERT_EQ(next.remark, "");
    ASSERT_EQ(next.ids, Ids{reading->predictions[0].id});
    EXPECT_EQ(next.text, fmt::format("w10 {} w12 [MASK].", reading->predictions[0].piece));
    request.text = "w10 w11";
    const auto none = must_read(request);
    ASSERT_TRUE(none && none->continuation);
    EXPECT_TRUE(none->continuation->ids.empty());
    EXPECT_NE(none->continuation->remark.find("there is none in the sentence"), std::string::npos);
}

TEST(Continuation, OfAnEncoderDecoderIsItsTarget) {
    ReadingRequest request;
    request.model = small_model("t5");
    request.text = words(6);
    request.target = "w20 w30";
    request.write = Write::unedited;
    const auto reading = must_read(request);
    ASSERT_TRUE(reading && reading->continuation);
    const Continuation& next = *reading->continuation;
    ASSERT_EQ(next.remark, "");
    EXPECT_TRUE(next.in_target);
    Index best = 0;
    const Tensor& row = *reading->own_logits;
    for (Index i = 1; i < row.size(); ++i)
        if (i != request.model->model->config().padding_id && row.data()[i] > row.data()[best])
            best = i;
    EXPECT_EQ(next.ids, Ids{static_cast<std::int32_t>(best)});
    EXPECT_EQ(next.text, fmt::format("w20 w30 w{}", best));
}

/// A small model beside a tokenizer that pairs two sentences: [CLS] A [SEP] B [SEP].
class ContinuationOfAPair : public testing::Test {
  protected:
    void open(const std::string& name, const std::string& more_of_config = {}) {
        put_small_model(folder_.path(), name);
        std::ofstream(folder_ / "tokenizer.json") << word_tokenizer(true);
        std::ifstream file(folder_ / "config.json");
        std::string config{std::istreambuf_iterator<char>(file), {}};
        config.insert(config.find('{') + 1, more_of_config);
        std::ofstream(folder_ / "config.json") << config;
        const auto loaded = load_folder(folder_.path());
        ASSERT_TRUE(loaded.ok()) << loaded.message();
        request_.model = *loaded;
        request_.write = Write::unedited;
    }

    Ids pair_ids() const {
        return ids_of(*request_.model->tokenizer->encode_pair(request_.text, *request_.pair, true));
    }

    const TemporaryFolder folder_;
    ReadingRequest request_;
};

TEST_F(ContinuationOfAPair, GoesOnBehindTheSecondSentence) {
    for (const auto& [name, more] :
         {std::pair("gpt2", ""), std::pair("bert", R"("is_decoder": true,)")}) {
        SCOPED_TRACE(name);
        open(name, more);
        const Model& model = *request_.model->model;
        ASSERT_TRUE(model.predicts_next());
        request_.text = "w20 w21 w22";
        request_.pair = "w30 w31";
        std::shared_ptr<const Reading> reading;
        for (int step = 0; step < 4; ++step) {
            Ids ids = pair_ids();
            ids.pop_back();  // [SEP]
            Ids types;
            if (model.token_types() > 1) {
                types.assign(ids.size(), 0);
                std::fill(types.begin() + 5, types.end(), 1);
            }
            const auto trace = run(model, {ids, {}, {}, types}, nullptr, {});
            ASSERT_TRUE(trace.ok()) << trace.message();
            const auto last = static_cast<Index>(ids.size()) - 1;
            const Tensor row = logits(model, **trace, last, last + 1);
            const auto best = std::max_element(row.values().begin(), row.values().end());
            ids.push_back(static_cast<std::int32_t>(best - row.values().begin()));

            reading = must_read(request_, reading.get());
            ASSERT_TRUE(reading && reading->continuation);
            const Continuation& next = *reading->continuation;
            ASSERT_EQ(next.remark, "");
            EXPECT_TRUE(next.in_pair);
            EXPECT_EQ(next.ids, Ids{ids.back()});
            ids.push_back(2);
            request_.pair = next.text;
            EXPECT_EQ(pair_ids(), ids) << next.text;
        }
    }
}

TEST_F(ContinuationOfAPair, GoesOnBehindTheFirstWhileTheSecondIsEmpty) {
    open("gpt2");
    request_.text = "w20 w21";
    request_.pair = "";
    const auto reading = must_read(request_);
    ASSERT_TRUE(reading && reading->continuation);
    EXPECT_FALSE(reading->continuation->in_pair);
    EXPECT_EQ(reading->continuation->remark, "");
    EXPECT_TRUE(reading->continuation->text.starts_with("w20 w21 "));
}

TEST_F(ContinuationOfAPair, FillsAMaskInTheSecond) {
    open("bert");
    request_.text = "w20 w21";
    request_.pair = "w30 [MASK] w32";
    const auto reading = must_read(request_);
    ASSERT_TRUE(reading && reading->continuation);
    const Continuation& next = *reading->continuation;
    ASSERT_EQ(next.remark, "");
    EXPECT_TRUE(next.in_pair);
    EXPECT_EQ(next.ids, Ids{reading->predictions[0].id});
    EXPECT_EQ(next.text, fmt::format("w30 {} w32", reading->predictions[0].piece));
}

TEST_F(ContinuationOfAPair, OfAnEncoderDecoderIsOfBoth) {
    open("t5");
    request_.text = "w20 w21";
    request_.pair = "w30 w31";
    const Model& model = *request_.model->model;
    const Ids ids = pair_ids();
    const auto read_whole = must_read(request_);
    ASSERT_TRUE(read_whole);
    const Ids written = ids_of(read_whole->target_tokens);
    ASSERT_GT(written.size(), 1u);
    for (size_t count = 1; count < written.size(); ++count) {
        const auto trace =
            run(model, {ids, {}, {written.begin(), written.begin() + static_cast<Index>(count)}},
                nullptr, {});
        ASSERT_TRUE(trace.ok()) << trace.message();
        const auto last = static_cast<Index>(count) - 1;
        Tensor row = logits(model, **trace, last, last + 1);
        row.data()[model.config().padding_id] = -1e30f;
        const auto best = std::max_element(row.values().begin(), row.values().end());
        ASSERT_EQ(written[count], best - row.values().begin());
    }
}

TEST(Continuation, SaysThatAModelWithoutAHeadWritesNothing) {
    ReadingRequest request;
    request.model = small_model("electra");
    request.text = words(3);
    request.write = Write::unedited;
    const auto reading = must_read(request);
    ASSERT_TRUE(reading && reading->continuation);
    EXPECT_TRUE(reading->continuation->ids.empty());
    EXPECT_FALSE(reading->continuation->remark.empty());
}

/// A random model with a byte-level tokenizer whose letters stand where a test wants them.
class BytesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        // A model and a beginning after which three different tokens are likeliest.
        for (const char* name : {"gpt_neox", "llama", "gpt2"}) {
            plain_ = small_model(name);
            for (std::int32_t first = 10; first < 400; first += 4) {
                begin_ = {first, first + 1, first + 2, first + 3};
                next_ = likeliest(*plain_->model, begin_, {}, 3);
                Ids all = begin_;
                all.insert(all.end(), next_.begin(), next_.end());
                std::sort(all.begin(), all.end());
                if (std::unique(all.begin(), all.end()) == all.end()) return;
            }
        }
        FAIL() << "no beginning serves";
    }

    /// "abcd" is the beginning; `letters` are what follows it.
    ReadingRequest request_with(const std::vector<std::string>& letters,
                                const nlohmann::json& added = nlohmann::json::array(),
                                const std::vector<std::string>& merges = {}) {
        std::map<std::int32_t, std::string> spellings;
        for (size_t i = 0; i < begin_.size(); ++i)
            spellings[begin_[i]] = std::string(1, static_cast<char>('a' + i));
        for (size_t i = 0; i < letters.size(); ++i)
            spellings[next_[i]] = letters[i];
        // An added token keeps its id only where the vocabulary has it.
        for (const auto& token : added)
            spellings[token.at("id").get<std::int32_t>()] = token.at("content");
        std::int32_t free = 0;
        const auto put = [&](const std::string& spelling) {
            for (const auto& [id, there] : spellings)
                if (there == spelling) return;
            while (spellings.contains(free) ||
                   std::find(next_.begin(), next_.end(), free) != next_.end())
                ++free;
            spellings[free] = spelling;
        };
        put("Ġ");
        for (const char letter : std::string("efgh"))
            put(std::string(1, letter));
        if (!merges.empty()) put("de");
        nlohmann::json vocabulary = nlohmann::json::object();
        for (const auto& [id, spelling] : spellings)
            vocabulary[spelling] = id;
        const nlohmann::json json = {
            {"version", "1.0"},
            {"added_tokens", added},
            {"normalizer", nullptr},
            {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
            {"post_processor", nullptr},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}}};
        const auto tokenizer = Tokenizer::parse(json.dump(), "bytes.json");
        EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
        auto loaded = std::make_shared<LoadedModel>(*plain_);
        if (tokenizer) loaded->tokenizer = *tokenizer;
        ReadingRequest request;
        request.model = loaded;
        request.text = "abcd";
        request.write = Write::unedited;
        return request;
    }

    std::shared_ptr<const LoadedModel> plain_;
    Ids begin_, next_;
};

TEST_F(BytesTest, ACharacterOfSeveralTokensIsWrittenWhole) {
    // 你 is E4 BD A0, in the byte alphabet ä, ½ and ł.
    const auto request = request_with({"ä", "½", "ł"});
    const auto reading = must_read(request);
    ASSERT_TRUE(reading && reading->continuation);
    EXPECT_EQ(ids_of(reading->tokens), begin_);
    EXPECT_EQ(reading->continuation->remark, "");
    EXPECT_EQ(reading->continuation->ids, next_);
    EXPECT_EQ(reading->continuation->text, "abcd你");
}

TEST_F(BytesTest, BytesThatMakeNoCharacterAreNotWritten) {
    for (const auto& letters : {std::vector<std::string>{"ä", "e"}, {"ł"}}) {
        const auto reading = must_read(request_with(letters));
        ASSERT_TRUE(reading && reading->continuation);
        EXPECT_TRUE(reading->continuation->ids.empty());
        EXPECT_NE(reading->continuation->remark.find("makes no character here"), std::string::npos)
            << reading->continuation->remark;
    }
}

TEST_F(BytesTest, TheEndOfTheTextIsSaidAndNotWritten) {
    const nlohmann::json end = {{{"id", next_[0]}, {"content", "<|end|>"}, {"special", true}}};
    const auto reading = must_read(request_with({}, end));
    ASSERT_TRUE(reading && reading->continuation);
    EXPECT_TRUE(reading->continuation->ids.empty());
    EXPECT_NE(reading->continuation->remark.find("ends the text here"), std::string::npos);
    EXPECT_NE(reading->continuation->remark.find("<|end|>"), std::string::npos);
    // A word that somebody added is no end.
    const nlohmann::json word = {
        {{"id", next_[0]}, {"content", "plover"}, {"special", false}, {"normalized", false}}};
    const auto added = must_read(request_with({}, word));
    ASSERT_TRUE(added && added->continuation);
    EXPECT_EQ(added->continuation->text, "abcdplover");
}

TEST_F(BytesTest, ATextThatIsCutOtherwiseIsWrittenAndSaid) {
    const auto reading = must_read(request_with({"e"}, nlohmann::json::array(), {"d e"}));
    ASSERT_TRUE(reading && reading->continuation);
    EXPECT_EQ(reading->continuation->text, "abcde");
    EXPECT_EQ(reading->continuation->ids, Ids{next_[0]});
    EXPECT_NE(reading->continuation->remark.find("cut into other tokens"), std::string::npos);
}

TEST_F(BytesTest, ALineBreakIsNamedInWhatIsSaid) {
    std::int32_t free = 500;
    while (std::ranges::find(begin_, free) != begin_.end() ||
           std::ranges::find(next_, free) != next_.end())
        ++free;
    const nlohmann::json end_of_line = {
        {{"id", free}, {"content", "d\n"}, {"special", false}, {"normalized", false}}};
    const auto reading = must_read(request_with({"Ċ"}, end_of_line));
    ASSERT_TRUE(reading && reading->continuation);
    EXPECT_EQ(reading->continuation->text, "abcd\n");
    EXPECT_TRUE(reading->continuation->remark.starts_with("with “⏎” the text is cut"))
        << reading->continuation->remark;
    EXPECT_EQ(reading->continuation->remark.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace fovea::test
