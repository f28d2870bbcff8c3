#include "engine/text/models/subword_model.h"

namespace fovea::text {
namespace {

// A piece is a token, whole, or it is unknown.
class WordLevel final : public SubwordModel {
  public:
    WordLevel(std::shared_ptr<const Vocabulary> vocabulary, std::int32_t unknown)
        : vocabulary_(std::move(vocabulary)), unknown_(unknown) {}

    Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const override {
        for (const PieceRange piece : pieces.ranges) {
            const std::int32_t id = vocabulary_->find(pieces.view(piece));
            const std::int32_t shown = id == Vocabulary::none ? unknown_ : id;
            if (shown == Vocabulary::none) {
                return fail("the vocabulary has neither \"{}\" nor a token for what is unknown",
                            pieces.view(piece));
            }
            found.push_back({shown, piece.begin, piece.end});
        }
        return {};
    }

  private:
    std::shared_ptr<const Vocabulary> vocabulary_;
    std::int32_t unknown_;
};

}  // namespace

Result<SubwordModelPointer> make_word_level(const ModelSource& source) {
    FOVEA_CHECK(read_vocabulary(source.section, *source.vocabulary));
    FOVEA_TRY(const std::int32_t unknown, read_token(source, "unk_token"));
    return SubwordModelPointer(std::make_unique<WordLevel>(source.vocabulary, unknown));
}

}  // namespace fovea::text
