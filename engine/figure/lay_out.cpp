#include "engine/figure/lay_out.h"

#include <algorithm>
#include <cmath>

#include "engine/figure/arrange.h"

namespace fovea {
namespace {

// Each work once, in the order of what is shown.
std::string citations_of(const Findings& findings) {
    std::vector<std::string> named;
    std::string all;
    for (const Finding& finding : findings.findings)
        for (size_t begin = 0; begin < finding.citation.size();) {
            const size_t end =
                std::min(finding.citation.find("; ", begin), finding.citation.size());
            std::string work = finding.citation.substr(begin, end - begin);
            begin = end + 2;
            if (std::ranges::count(named, work)) continue;
            all += (all.empty() ? "" : " · ") + work;
            named.push_back(std::move(work));
        }
    return all;
}

/// How much height there is for all, and how it is shared out.
struct Fit {
    bool fitting = false;
    double ease = 1;
};

// What stands above the findings. Gives the y below; `cited` where the works have found room.
double write_words(Canvas& canvas, const Findings& findings, double x, double y, double width,
                   const std::string& citations, bool& cited) {
    const Colour text = canvas.theme.text;
    const TextStyle muted = canvas.small(canvas.theme.muted),
                    faint = canvas.small(canvas.theme.faint);
    const double from = y;
    y = write_lines(canvas, findings.question, {canvas.look.title, true, text}, x, y, width);
    const double used = canvas.width(findings.reading, muted) + canvas.width(citations, faint);
    cited = citations.empty() || (canvas.fitting && used + 32 <= width);
    if (cited)
        canvas.write(x + width, y + std::round(1.4 * faint.size) / 2, citations, faint,
                     Anchor::end);
    y = write_lines(canvas, findings.reading, muted, x, y, width);
    // Stages say what the sentences say, each where it belongs.
    const bool staged = canvas.fitting && !findings.stages.empty();
    if (!staged && !findings.sentences.empty()) y += canvas.length(3, 6);
    for (const std::string& sentence : findings.sentences)
        if (!staged)
            y = write_lines(canvas, sentence, {canvas.look.text, false, text}, x, y, width);
    return y > from ? y + canvas.length(staged ? 4 : 6, 14) : y;
}

Scene laid_out(const Findings& findings, TextMeasure& ruler, const FigureLook& look,
               const FigureOptions& options, const Fit& fit) {
    Scene scene;
    scene.background = look.theme.background;
    scene.title = findings.question;
    Canvas canvas(scene, ruler, look);
    canvas.fitting = fit.fitting;
    canvas.ease = fit.ease;
    Arrangement arrangement(canvas, findings, options.only);
    const double width =
        options.width > 0 ? options.width - 2 * options.margin : arrangement.natural_width();
    const double x = options.margin;
    double y = options.margin;
    const std::string citations = citations_of(findings);
    bool cited = !options.with_words || citations.empty();
    if (options.with_words) y = write_words(canvas, findings, x, y, width, citations, cited);
    y = arrangement.draw(x, y, width);
    if (!cited && (fit.ease >= 1 || !options.may_drop_citations))
        y = write_lines(canvas, citations, canvas.small(look.theme.faint), x, y + 12, width);
    scene.width = std::ceil(width + 2 * options.margin);
    scene.height = std::ceil(y + options.margin);
    return scene;
}

}  // namespace

Scene lay_out(const Findings& findings, TextMeasure& ruler, const FigureLook& look,
              const FigureOptions& options) {
    const auto with = [&](const Fit& fit) { return laid_out(findings, ruler, look, options, fit); };
    if (!(options.height > 0)) return with({});
    Scene at_ease = with({true, 1});
    const auto fits = [&](const Scene& scene) { return scene.height <= options.height; };
    if (fits(at_ease)) return at_ease;
    Scene fitted = with({true, 0});
    // A little too high is read with a turn of the wheel; far too high it may as well be at ease.
    constexpr double bearable = 1.3;
    if (!fits(fitted)) return fitted.height <= bearable * options.height ? fitted : at_ease;
    // Heights grow about evenly with the ease, in whole units: where the line between what fits and
    // what does not crosses the height there is, again and again.
    double low = 0, high = 1, too_high = at_ease.height;
    for (int i = 0; i < 4 && options.height - fitted.height >= 8; ++i) {
        const double share = (options.height - fitted.height) / (too_high - fitted.height);
        const double ease = low + std::clamp(share, 0.2, 0.9) * (high - low);
        Scene scene = with({true, ease});
        if (fits(scene)) {
            low = ease;
            fitted = std::move(scene);
        } else {
            high = ease;
            too_high = scene.height;
        }
    }
    return fitted;
}

}  // namespace fovea
