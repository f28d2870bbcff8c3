#include "engine/figure/heads_figure.h"

#include <cmath>
#include <limits>

#include "engine/figure/figure_captions.h"
#include "engine/figure/figure_layouts.h"
#include "engine/figure/selection.h"

namespace fovea {
namespace {

std::string known_maps() {
    std::string list;
    for (ColourMapName map : colour_map_names) {
        if (!list.empty()) list += ' ';
        list += colour_map_name(map);
    }
    return list;
}

// One scale for all maps of a figure: they are there to be compared.
ValueScale shared_scale(const ShownHeads& job, ColourMapName map,
                        const std::vector<HeadPicture>& pictures) {
    float smallest = std::numeric_limits<float>::infinity();
    float largest = -smallest;
    for (const HeadPicture& picture : pictures) {
        const auto values = picture.values.values();
        for (size_t i = 0; i < values.size(); ++i)
            if (picture.states[i] == CellState::value) {
                smallest = std::min(smallest, values[i]);
                largest = std::max(largest, values[i]);
            }
    }
    return colour_scale_of(job, map, smallest, largest);
}

}  // namespace

Result<Scene> make_figure(const ShownHeads& job, const Progress& progress,
                          const CancelToken& cancel) {
    auto map = colour_map_from_name(job.colour_map);
    if (!map)
        return fail("there is no colour map \"{}\"; known are {}", job.colour_map, known_maps());
    if (job.less) map = ColourMapName::diverging;  // zero is in the middle
    FOVEA_TRY(const Selection selection, select_heads(job));
    const auto rows = static_cast<Index>(selection.layers.size());
    const auto columns = static_cast<Index>(selection.heads.size());
    const bool labelled = labels_fit(
        rows, columns, std::max(selection.trace->length(), selection.trace->key_length()));
    FOVEA_TRY(const auto pictures,
              head_pictures(job, labelled ? labelled_extent : grid_extent, progress, cancel));
    Figure figure;
    figure.theme = figure_theme(job.dark, *map);
    figure.scale = shared_scale(job, *map, pictures);
    figure.scene.background = figure.theme.background;
    figure.scene.title = figure_heading(figure, job, pictures).front().text;
    const Reading& reading = *job.reading;
    const Part part = selection.part;
    const FigureContent content{
        job,
        pictures,
        columns,
        figure_labels(reading.query_labels(part), query_texts(reading, part)),
        figure_labels(reading.key_labels(part), key_texts(reading, part)),
        part == Part::cross};
    if (labelled)
        lay_out_labelled_heads(figure, content);
    else
        lay_out_head_grid(figure, content);
    figure.scene.width = std::ceil(figure.scene.width);
    figure.scene.height = std::ceil(figure.scene.height);
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    if (progress) progress("picture", 0.95);
    return std::move(figure.scene);
}

}  // namespace fovea
