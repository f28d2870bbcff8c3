#include "app/shell/other_subject.h"

#include <utility>

namespace fovea::app {

bool same_sentences(const ReadingRequest& a, const ReadingRequest& b) {
    return a.model == b.model && a.text == b.text && a.pair == b.pair &&
           a.special_tokens == b.special_tokens && a.target == b.target;
}

OtherSubject::OtherSubject(Scheduler& jobs)
    : worker_(jobs, fovea::read, "the other sentence", Lane::against) {}

bool OtherSubject::wants(const ReadingRequest& request) const {
    return wanted_ && same_sentences(*wanted_, request) && wanted_->watched == request.watched;
}

void OtherSubject::want(ReadingRequest request, const std::shared_ptr<const Reading>& start) {
    if (wants(request)) return;
    // A picture of another model's would stand beside this one's.
    if (reading_ && reading_->request.model != request.model) reading_.reset();
    request.revision = ++revisions_;
    wanted_ = request;
    worker_.submit(std::move(request), start);
}

void OtherSubject::close() {
    if (!wanted_) return;
    worker_.cancel();
    wanted_.reset();
    reading_.reset();
    error_.clear();
}

bool OtherSubject::poll() {
    if (!wanted_) return false;
    bool news = false;
    while (auto report = worker_.take()) {
        news = true;
        const bool newest = report->revision == wanted_->revision;
        if (newest) answered_ = report->revision;
        if (report->reading) {
            reading_ = std::move(report->reading);
            error_.clear();
        } else if (newest) {
            const bool is_empty = report->error == empty_sentence_message;
            error_ = is_empty ? std::string() : std::move(report->error);
            if (is_empty) reading_.reset();
        }
    }
    return news;
}

}  // namespace fovea::app
