#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

namespace fovea {

/// What a result follows from: objects that never change (a trace, a model), and in words which
/// question is asked of them with which parameters. An object is known by its control block: an
/// address may be used again, that may not.
struct MadeFrom {
    std::string question;
    std::vector<std::weak_ptr<const void>> objects = {};

    bool operator==(const MadeFrom& other) const {
        return question == other.question &&
               std::equal(objects.begin(), objects.end(), other.objects.begin(),
                          other.objects.end(), is_same);
    }
    /// Nobody can ask for it again: one of the objects is gone. (Null never was one.)
    bool is_gone() const {
        return std::any_of(objects.begin(), objects.end(), [](const auto& object) {
            return object.expired() && !is_same(object, {});
        });
    }
    static bool is_same(const std::weak_ptr<const void>& a, const std::weak_ptr<const void>& b) {
        return !a.owner_before(b) && !b.owner_before(a);
    }
};

/// How much memory a result holds: what its `bytes()` says, or a pointer's; else its size.
template <class T>
size_t result_bytes(const T& result) {
    if constexpr (requires { size_t(result.bytes()); })
        return result.bytes();
    else if constexpr (requires { size_t(result->bytes()); })
        return result ? result->bytes() : 0;
    else
        return sizeof(T);
}

/// Results that are remembered by what they were made from, those that were asked for last; what
/// was made from objects that are gone is forgotten. Any thread.
class Memo {
  public:
    static constexpr size_t default_bytes = size_t{128} << 20, default_results = 64;

    explicit Memo(size_t most_bytes = default_bytes, size_t most_results = default_results)
        : most_bytes_(most_bytes), most_results_(most_results) {}

    /// Null where there is none.
    template <class T>
    std::shared_ptr<const T> find(const MadeFrom& made_from) {
        return std::static_pointer_cast<const T>(find(made_from, typeid(T)));
    }
    template <class T>
    void put(MadeFrom made_from, std::shared_ptr<const T> result) {
        const size_t bytes = result_bytes(*result);
        put({std::move(made_from), typeid(T), std::move(result), bytes});
    }
    /// Forgets what was made from any other object: a result may hold what it was made from, which
    /// would never go else.
    void keep_only(std::span<const std::weak_ptr<const void>> objects);
    /// Of the results that are kept.
    size_t bytes() const;

  private:
    struct Entry {
        MadeFrom made_from;
        std::type_index type;
        std::shared_ptr<const void> result;
        size_t bytes;
    };
    std::shared_ptr<const void> find(const MadeFrom& made_from, std::type_index type);
    void put(Entry entry);
    void forget(std::list<Entry>::iterator which, std::list<Entry>& forgotten);

    const size_t most_bytes_, most_results_;
    mutable std::mutex mutex_;  // of the two below
    std::list<Entry> entries_;  // the one asked for last first
    size_t bytes_ = 0;
};

}  // namespace fovea
