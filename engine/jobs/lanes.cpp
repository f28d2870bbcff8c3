#include "engine/jobs/lanes.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <typeinfo>
#include <utility>

#include "engine/core/held_memory.h"
#include "engine/core/memory_shortage.h"
#include "engine/jobs/start_thread.h"

namespace fovea {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Nobody types or drags after that.
constexpr std::chrono::seconds idle_time{1};
/// A bar need not move more often than the eye sees, nor by less.
constexpr double bar_seconds = 1.0 / 30, bar_share = 0.005;

double now_in_seconds() {
    return std::chrono::duration<double>(SteadyClock::now().time_since_epoch()).count();
}

SchedulerSources with_a_clock(SchedulerSources sources) {
    if (!sources.seconds) sources.seconds = now_in_seconds;
    return sources;
}

/// Seconds that a job still takes, when its share done took `age`; nullopt while none is done.
std::optional<double> seconds_left(double share_done, double age) {
    if (share_done <= 0) return std::nullopt;
    return age * (1 - share_done) / share_done;
}

auto of_tag(std::string_view tag) {
    return [tag](const std::shared_ptr<Job>& job) { return job->spec.tag == tag; };
}

}  // namespace

Lanes::Lanes(std::function<void()> wake, SchedulerSources sources)
    : wake_(std::move(wake)),
      on_system_clock_(!sources.seconds),
      sources_(with_a_clock(std::move(sources))) {}

std::shared_ptr<Job> Lanes::submit(const std::shared_ptr<Job>& job) {
    const bool known = job->spec.made_from && job->recall(memo_);
    Jobs dropped;  // let go of after the lock: one may be the last to hold a trace
    bool answered = known;
    {
        const std::lock_guard lock(mutex_);
        if (ended_) {
            drop(*job);
            return job;
        }
        if (!known && job->spec.made_from)
            if (auto same = same_question(*job)) return same;
        if (job->spec.earlier == JobSpec::Earlier::obsolete) make_obsolete(*job, dropped);
        if (known) {
            job->state = Job::State::finished;
        } else if (const Status queued = enqueue(job); !queued) {
            job->refuse(queued.error());
            job->state = Job::State::finished;
            answered = true;
        }
        track(job->spec.lane).news |= answered;
    }
    // Whoever wakes finds the lock free.
    if (!answered) track(job->spec.lane).changed.notify_all();
    for (const auto& old : dropped)
        old->let_go();
    if (answered && wake_) wake_();
    return job;
}

/// The newest of its tag, where that has not been cancelled and will give the same.
std::shared_ptr<Job> Lanes::same_question(const Job& job) const {
    const Track& lane = track(job.spec.lane);
    const auto will_do = [&](const Job& other) {
        return !other.obsolete && !other.cancel.cancelled() &&
               other.spec.made_from == job.spec.made_from && typeid(other) == typeid(job);
    };
    const auto waiting =
        std::find_if(lane.waiting.rbegin(), lane.waiting.rend(), of_tag(job.spec.tag));
    if (waiting != lane.waiting.rend()) return will_do(**waiting) ? *waiting : nullptr;
    const auto running =
        std::find_if(lane.running.begin(), lane.running.end(), of_tag(job.spec.tag));
    return running != lane.running.end() && will_do(**running) ? *running : nullptr;
}

/// An error where there is no thread that would ever run it.
Status Lanes::enqueue(const std::shared_ptr<Job>& job) {
    Track& lane = track(job->spec.lane);
    const auto most = static_cast<size_t>(traits_of(job->spec.lane).threads);
    if (lane.waiting.size() >= lane.idle && lane.threads.size() < most) {
        std::jthread thread;
        const Status started = start_thread(thread, [this, at = job->spec.lane] { serve(at); });
        if (started)
            lane.threads.push_back(std::move(thread));
        else if (lane.threads.empty())
            return started;
    }
    lane.waiting.push_back(job);
    return {};
}

void Lanes::make_obsolete(const Job& newer, Jobs& dropped) {
    Track& lane = track(newer.spec.lane);
    const auto older = of_tag(newer.spec.tag);
    for (const auto& job : lane.waiting)
        if (older(job)) {
            drop(*job);
            dropped.push_back(job);
        }
    std::erase_if(lane.waiting, older);
    for (const auto& job : lane.running)
        if (older(job)) {
            job->obsolete = true;
            judge(*job);
        }
}

/// Cancels a job that runs where it is obsolete and does not end soon enough. Somebody who types or
/// drags without a pause sees pictures all the same: once jobs have been cancelled for as long as
/// one takes, one is let through.
void Lanes::judge(Job& job) {
    if (job.state != Job::State::running || !job.obsolete || job.cancel.cancelled()) return;
    const double now = sources_.seconds();
    const auto& hungry_since = track(job.spec.lane).hungry_since;
    const auto hunger = hungry_since.find(job.spec.tag);
    const double hungry = hunger != hungry_since.end() ? now - hunger->second : 0;
    const double patience = std::max(patience_seconds, hungry);
    if (!job.judged_obsolete_at) {
        job.judged_obsolete_at = now;
        // Whatever its progress foretells. A test's own clock stands while nobody moves it.
        if (on_system_clock_)
            job.cancel.cancel_at(SteadyClock::now() +
                                 std::chrono::duration_cast<SteadyClock::duration>(
                                     std::chrono::duration<double>(patience)));
    }
    const double done = std::max(job.cancel.share_done().value_or(0), job.progress.share);
    const auto left = seconds_left(done, now - job.began);
    const double waited = now - *job.judged_obsolete_at;
    if (left && waited + *left > patience) job.cancel.cancel();
}

/// One that waits, or was not even taken, is not begun.
void Lanes::drop(Job& job) {
    job.refuse(Error{std::string(cancelled_message)});
    job.state = Job::State::finished;
    finished_.notify_all();
}

void Lanes::cancel(const std::shared_ptr<Job>& job) {
    job->cancel.cancel();
    {
        const std::lock_guard lock(mutex_);
        if (job->state != Job::State::waiting) return;
        std::erase(track(job->spec.lane).waiting, job);
        drop(*job);
    }
    job->let_go();
}

void Lanes::serve(Lane lane) {
    while (const auto job = next(lane)) {
        const bool good = execute(job);
        finish(job, good);
    }
}

/// Waits for a job of the lane; null when the thread is to end.
std::shared_ptr<Job> Lanes::next(Lane lane) {
    Lock lock(mutex_);
    Track& here = track(lane);
    const auto first = [&] {
        return std::find_if(here.waiting.begin(), here.waiting.end(), [&](const auto& job) {
            return std::none_of(here.running.begin(), here.running.end(), of_tag(job->spec.tag));
        });
    };
    const auto wanted = [&] {
        return first() != here.waiting.end() || (ended_ && here.waiting.empty());
    };
    ++here.idle;
    if (!here.changed.wait_for(lock, idle_time, wanted)) {
        // Those who showed what was made before have let it go by then.
        if (is_quiet()) {
            lock.unlock();
            if (has_memory_to_give_back()) give_back_memory();
            lock.lock();
        }
        here.changed.wait(lock, wanted);
    }
    --here.idle;
    const auto chosen = first();
    if (chosen == here.waiting.end()) return nullptr;
    std::shared_ptr<Job> job = std::move(*chosen);
    here.waiting.erase(chosen);
    here.running.push_back(job);
    job->state = Job::State::running;
    job->began = sources_.seconds();
    return job;
}

/// Nobody computes, nor did so a moment ago.
bool Lanes::is_quiet() const {
    for (int lane = 0; lane < lane_count; ++lane)
        if (traits_of(Lane(lane)).computes && !track(Lane(lane)).running.empty()) return false;
    return SteadyClock::now() - last_computed_ >= idle_time;
}

bool Lanes::execute(const std::shared_ptr<Job>& job) {
    // What a job is given may outlive it.
    const auto with_job = [known = std::weak_ptr<Job>(job)](auto use) {
        return [known, use](const auto&... what) {
            const auto alive = known.lock();
            using Returned = decltype(use(*alive, what...));
            return alive ? use(*alive, what...) : Returned();
        };
    };
    job->cancel.watch(with_job([this](Job& watched) {
        const std::lock_guard lock(mutex_);
        judge(watched);
    }));
    const JobContext context{
        with_job([this](Job& at_work, std::string_view what, double share) {
            note_progress(at_work, what, share);
        }),
        job->cancel, with_job([this](Job& asks, double bytes) { return reserve(asks, bytes); })};
    if (const Status enough = context.need(job->spec.bytes); !enough) {
        job->refuse(enough.error());
        job->let_go();
        return false;
    }
    const bool good = job->run(context);
    if (good && job->spec.made_from && !job->cancel.cancelled()) try {
            job->remember(memo_);
        } catch (const std::bad_alloc&) {  // then it is made again
        }
    return good;
}

void Lanes::finish(const std::shared_ptr<Job>& job, bool good) {
    const bool in_vain = !good && job->cancel.cancelled();
    // Those who cancelled it know, and what is obsolete has a newer one behind it.
    bool tell = !in_vain && !(good && job->spec.quiet);
    {
        const std::lock_guard lock(mutex_);
        Track& lane = track(job->spec.lane);
        std::erase(lane.running, job);
        tell = tell && !ended_;
        lane.news |= tell;
        if (traits_of(job->spec.lane).computes) last_computed_ = SteadyClock::now();
        const bool wanted_anew =
            std::any_of(lane.waiting.begin(), lane.waiting.end(), of_tag(job->spec.tag));
        if (in_vain && wanted_anew)
            lane.hungry_since.try_emplace(job->spec.tag, job->began);
        else
            lane.hungry_since.erase(job->spec.tag);
        job->state = Job::State::finished;
    }
    track(job->spec.lane).changed.notify_all();
    finished_.notify_all();
    if (wake_ && tell) wake_();
}

void Lanes::note_progress(Job& job, std::string_view what, double share) {
    {
        const std::lock_guard lock(mutex_);
        if (job.state != Job::State::running) return;
        job.progress.what = what;
        job.progress.share = share;
        judge(job);
        const double now = sources_.seconds();
        const bool first = job.shown.what.empty();  // it may tell nothing else for long
        const bool moved = share - job.shown.share >= bar_share || what != job.shown.what;
        const bool seen = moved && now - job.woken_at >= bar_seconds;
        if (ended_ || !(first || seen)) return;
        job.woken_at = now;
        job.shown = job.progress;
        track(job.spec.lane).news = true;
    }
    if (wake_) wake_();
}

/// States that the job is about to take so much. What others have stated and not yet taken, as far
/// as the machine shows it, is theirs.
Status Lanes::reserve(Job& job, double bytes) {
    if (bytes <= always_there_bytes) return {};
    const auto left = sources_.memory();
    if (!left) return {};
    const auto has = static_cast<double>(left->bytes);
    const std::lock_guard lock(mutex_);
    double promised = 0;
    for (const Track& lane : tracks_)
        for (const auto& other : lane.running)
            if (other.get() != &job)
                promised +=
                    std::max(0.0, other->stated_bytes - std::max(0.0, other->left_before - has));
    const double free = std::max(0.0, has - promised);
    const auto shortage =
        memory_shortage(bytes, MemoryLeft{static_cast<std::uint64_t>(free), left->of_whom});
    if (shortage)
        return fail("{} needs about {} of memory, and {}{}", job.spec.doing, size_in_words(bytes),
                    *shortage, promised > 0 ? " beside what runs" : "");
    job.stated_bytes = bytes;
    job.left_before = has;
    return {};
}

bool Lanes::is_finished(const Job& job) const {
    const std::lock_guard lock(mutex_);
    return job.state == Job::State::finished;
}

void Lanes::wait(const Job& job) {
    Lock lock(mutex_);
    finished_.wait(lock, [&] { return job.state == Job::State::finished; });
}

std::optional<JobProgress> Lanes::progress_of(const Job& job) const {
    if (job.state != Job::State::running) return std::nullopt;
    JobProgress progress = job.progress;
    progress.steps = job.cancel.told();
    progress.seconds = sources_.seconds() - job.began;
    return progress;
}

std::optional<JobProgress> Lanes::progress(const Job& job) const {
    const std::lock_guard lock(mutex_);
    return progress_of(job);
}

std::optional<JobProgress> Lanes::progress(Lane lane, std::string_view tag) const {
    const std::lock_guard lock(mutex_);
    const Jobs& running = track(lane).running;
    const auto job = std::find_if(running.begin(), running.end(), of_tag(tag));
    return job != running.end() ? progress_of(**job) : std::nullopt;
}

bool Lanes::is_busy(Lane lane, std::string_view tag) const {
    const std::lock_guard lock(mutex_);
    const Track& here = track(lane);
    return std::any_of(here.running.begin(), here.running.end(), of_tag(tag)) ||
           std::any_of(here.waiting.begin(), here.waiting.end(), of_tag(tag));
}

bool Lanes::take_news(Lane lane) {
    const std::lock_guard lock(mutex_);
    return std::exchange(track(lane).news, false);
}

void Lanes::end() {
    std::vector<std::jthread> threads;
    Jobs dropped;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        for (Track& lane : tracks_) {
            for (const auto& job : lane.running)
                if (!job->spec.even_at_end) job->cancel.cancel();
            const auto given_up = [&](const std::shared_ptr<Job>& job) {
                if (job->spec.even_at_end) return false;
                drop(*job);
                dropped.push_back(job);
                return true;
            };
            std::erase_if(lane.waiting, given_up);
            std::move(lane.threads.begin(), lane.threads.end(), std::back_inserter(threads));
            lane.threads.clear();
            lane.changed.notify_all();
        }
    }
    for (const auto& job : dropped)
        job->let_go();
    threads.clear();  // joins
}

}  // namespace fovea
