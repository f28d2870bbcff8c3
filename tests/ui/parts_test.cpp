// An encoder-decoder in the panels: three families of maps, two sentences.

#include <algorithm>
#include <set>

#include "app/panels/list.h"
#include "app/panels/map_geometry.h"
#include "app/panels/map_paint.h"
#include "app/panels/panel_parts.h"
#include "app/panels/token_tiles.h"
#include "app/views/list.h"
#include "app/views/view_bar.h"
#include "screen_fixture.h"
#include "tests/engine/small_model.h"

namespace fovea::app {

Panel temperature_panel();
Panel tokens_panel();

namespace {

constexpr Index source_tokens = 7, target_tokens = 5;  // the target's with the start token

class PartsTest : public ScreenTest {
  protected:
    void SetUp() override {
        ScreenTest::SetUp();
        apply_ = [](Document& document, const Command& command) {
            return apply(document, command);
        };
        applies_ = true;
    }
    void read_with(const std::string& model_name, const Edits& edits = {}) {
        ReadingRequest request;
        request.model = test::small_model(model_name);
        ASSERT_TRUE(request.model);
        request.text = "w10 w17 w24 w31 w38 w45 w52";
        if (request.model->model->encoder()) request.target = "w60 w61 w62 w63";
        request.edits = edits;
        auto reading = read(request, nullptr, {});
        ASSERT_TRUE(reading.ok()) << reading.message();
        reading_ = *reading;
        document_.edits = edits;
    }
    void show(const Panel& panel, Part part, const std::string& model_name = "bart") {
        read_with(model_name);
        view_.part = part;
        draw_ = panel.draw;
        draw_frames(2);
    }
    void show_map(Part part, const std::string& model_name = "bart") {
        read_with(model_name);
        view_.part = part;
        draw_ = draw_view;
        draw_frames(2);
    }
    /// A pixel of the map where this cell is, by pointing at one after the other.
    std::optional<ImVec2> pixel_of(Cell cell) {
        for (float y = 90; y < 400; y += 5)
            for (float x = 40; x < width; x += 5) {
                move(x, y);
                draw_frames(2);
                if (view_.hover.query == cell.query && view_.hover.key == cell.key)
                    return ImVec2(x, y);
            }
        return std::nullopt;
    }
};

// ProggyClean is 7 wide: "Encoder" and "Decoder" take 49 + 24, below a bar 44 high and 8 of air.
constexpr float encoder_x = 16 + 36, decoder_x = 16 + 73 + 36, cross_x = 16 + 2 * 73 + 30;
constexpr float parts_y = 44 + 8 + 12;

TEST_F(PartsTest, TheControlChoosesThePart) {
    show_map(Part::cross);
    click(encoder_x, parts_y);
    EXPECT_EQ(view_.part, Part::encoder);
    click(decoder_x, parts_y);
    EXPECT_EQ(view_.part, Part::decoder);
    click(cross_x, parts_y);
    EXPECT_EQ(view_.part, Part::cross);
    EXPECT_TRUE(issued_.empty()) << "looking changes no document";
}

TEST_F(PartsTest, ASingleStackHasNoControlAndNoPart) {
    show_map(Part::decoder, "gpt2");
    for (const float x : {encoder_x, decoder_x, cross_x})
        click(x, parts_y);
    EXPECT_EQ(view_.part, Part::decoder) << "kept for the next encoder-decoder";
    EXPECT_EQ(viewed_part(*reading_->request.model->model, view_), Part::self);
}

TEST_F(PartsTest, ARectangularMapHasTheTargetDownAndTheSourceAcross) {
    show_map(Part::cross);
    std::set<Index> queries, keys;
    for (float y = 90; y < 400; y += 5)
        for (float x = 40; x < width; x += 5) {
            move(x, y);
            draw_frames(2);
            if (view_.hover.query) queries.insert(*view_.hover.query);
            if (view_.hover.key) keys.insert(*view_.hover.key);
        }
    EXPECT_EQ(static_cast<Index>(queries.size()), target_tokens);
    EXPECT_EQ(*queries.rbegin(), target_tokens - 1);
    EXPECT_EQ(static_cast<Index>(keys.size()), source_tokens);
    EXPECT_EQ(*keys.rbegin(), source_tokens - 1);
}

TEST_F(PartsTest, PaintInTheCrossMapNamesThePart) {
    for (const char* model : {"bart", "t5"}) {
        issued_.clear();
        document_.edits = {};
        view_.paint = PaintTool::none;
        show_map(Part::cross, model);
        view_.selected = {1, 2};
        const auto pixel = pixel_of({3, 6});
        ASSERT_TRUE(pixel) << model;
        view_.paint = PaintTool::paint;
        click(pixel->x, pixel->y);
        ASSERT_EQ(issued<AddBlocks>().size(), 1u) << model;
        EXPECT_EQ(issued<AddBlocks>()[0].blocks,
                  (std::vector<BlockEdit>{{{1, 2, Part::cross}, 3, 6}}));

        // Inside the model it takes this cell from this head of the cross-attention alone.
        Edits edits = document_.edits;
        read_with(model, edits);
        const auto mask = [&](Part part) {
            return reading_->shown(true, part).layers[1]->edits[2].mask;
        };
        EXPECT_FALSE(mask(Part::cross).visible(3, 6));
        EXPECT_TRUE(mask(Part::decoder).blocked_cells.empty());
        EXPECT_TRUE(mask(Part::encoder).blocked_cells.empty());

        view_.paint = PaintTool::column;
        view_.paint_scope = ViewState::PaintScope::all;
        rest();
        click(pixel->x, pixel->y);
        EXPECT_EQ(issued<AddBlocks>().back().blocks,
                  (std::vector<BlockEdit>{{{{}, {}, Part::cross}, std::nullopt, 6}}))
            << "a key of the cross-attention is no key of the decoder's own";
        view_.paint_scope = ViewState::PaintScope::head;
    }
}

// The strip: a heading of 24, then 23 for the source, 8 of air and 23 for the target; names take
// 52 at the left. "w10" takes 21 + 10 and a gap of 3; the target begins with its start token.
constexpr float source_y = 24 + 12, target_y = 24 + 23 + 8 + 12;

TEST_F(PartsTest, HoverInTheStripLightsTheRowOrTheColumn) {
    show(tokens_panel(), Part::cross);
    move(52 + 34 + 10, source_y);
    draw_frames(2);
    EXPECT_EQ(view_.hover.key, 1);
    EXPECT_FALSE(view_.hover.query);
    move(52 + 4, target_y);
    draw_frames(2);
    EXPECT_EQ(view_.hover.query, 0);
    EXPECT_FALSE(view_.hover.key);
    click(52 + 4, source_y);
    EXPECT_FALSE(view_.selected_query) << "what answers has no row";
    click(52 + 4, target_y);
    EXPECT_EQ(view_.selected_query, 0);

    view_.selected_query.reset();
    view_.part = Part::encoder;
    click(52 + 34 + 10, source_y);
    EXPECT_EQ(view_.selected_query, 1);
    rest();
    click(52 + 4, target_y);
    EXPECT_EQ(view_.selected_query, 1) << "the target is not in the encoder";
    EXPECT_FALSE(view_.hover.query);

    view_.part = Part::decoder;
    move(52 + 4, target_y);
    draw_frames(2);
    EXPECT_EQ(view_.hover.query, 0);
}

TEST_F(PartsTest, TemperaturesActInThePartInView) {
    show(temperature_panel(), Part::cross);
    view_.selected = {1, 2};
    draw_frames(2);
    const float row = 24 - 3 + 12;
    drag(154, 120, row + 75);
    EXPECT_EQ(issued<SetTemperature>().back().scope, (Scope{1, 2, Part::cross}));
    rest();
    drag(154, 120, row + 25);
    EXPECT_EQ(issued<SetTemperature>().back().scope,
              (Scope{std::nullopt, std::nullopt, Part::cross}));
    rest();
    drag(154, 120, row + 50);
    EXPECT_EQ(issued<SetTemperature>().back().scope, (Scope{1, std::nullopt, Part::cross}));
    rest();
    drag(154, 120, row);
    EXPECT_EQ(issued<SetTemperature>().back().scope, Scope{}) << "all heads are those of all parts";
}

TEST_F(PartsTest, EveryPanelDrawsEveryPart) {
    Edits edits;
    edits.temperatures = {{{0, 0, Part::cross}, 0.5f}};
    edits.blocks = {{{{}, {}, Part::cross}, 4, std::nullopt},
                    {{{}, {}, Part::encoder}, std::nullopt, 6},
                    {{0, 1, Part::decoder}, 3, 2},
                    {{}, std::nullopt, 1}};
    edits.ablations = {{{1, 1, Part::encoder}, AblationTarget::mean}};
    for (const char* model : {"bart", "t5", "marian", "flan_t5"}) {
        read_with(model, edits);
        for (const Part part : {Part::encoder, Part::decoder, Part::cross})
            for (const Quantity quantity : {Quantity::weights, Quantity::value_weighted})
                for (const Panel& panel : panels()) {
                    view_.part = part;
                    view_.quantity = quantity;
                    view_.hover = {.head = HeadId{1, 1}, .query = 6, .key = 6};
                    view_.selected_query = 6;
                    view_.line_heads = {{0, 0}, {1, 2}};
                    draw_ = panel.draw;
                    draw_frames(2);
                    move(150, 300);
                    draw_frames(2);
                }
        for (const Part part : {Part::encoder, Part::decoder, Part::cross})
            for (const View& view : views()) {
                view_.part = part;
                view_.middle = view.name;
                draw_ = draw_view;
                draw_frames(2);
            }
    }
}

TEST_F(PartsTest, AnotherPartHasItsOwnTokensAndHeads) {
    read_with("bart");
    const Model& model = *reading_->request.model->model;
    view_.part = Part::encoder;
    view_.selected = {99, 99};
    view_.line_heads = {{0, 1}, {50, 0}};
    keep_heads_inside(view_, model);
    EXPECT_EQ(view_.selected,
              (HeadId{model.layers(Part::encoder) - 1, model.heads(Part::encoder) - 1}));
    EXPECT_EQ(view_.line_heads, (std::vector<HeadId>{{0, 1}}));

    view_.selected_query = 3;
    view_.map_span = 2;
    turn_to_part(view_, model, Part::encoder);
    EXPECT_EQ(view_.selected_query, 3) << "the same part: nothing happens";
    EXPECT_EQ(view_.map_span, 2);
    view_.part = Part::decoder;
    turn_to_part(view_, model, Part::encoder);
    EXPECT_FALSE(view_.selected_query) << "token 3 of the source is not token 3 of the target";
    EXPECT_EQ(view_.map_span, 0);
    view_.selected_query = 2;
    view_.part = Part::cross;
    turn_to_part(view_, model, Part::decoder);
    EXPECT_EQ(view_.selected_query, 2) << "both have the target's tokens as queries";
}

TEST(StripLayoutTest, TheLongerSentenceGivesWay) {
    const auto target_begins = [](float source, float target, float room) {
        StripLayout layout;
        layout.parts = {{StripRow::source, source}, {StripRow::target, target}};
        const std::vector<float> heights = layout.heights(room, 8);
        EXPECT_EQ(heights[0] + 8 + heights[1], room);
        return heights[0] + 8;
    };
    EXPECT_EQ(target_begins(23, 23, 60), 31);
    EXPECT_EQ(target_begins(23, 23, 500), 31) << "right below the source, not at the bottom";
    EXPECT_EQ(target_begins(400, 23, 108), 100 - 23 + 8);
    EXPECT_EQ(target_begins(23, 400, 108), 31);
    EXPECT_EQ(target_begins(400, 400, 108), 50 + 8);
    StripLayout three;
    three.parts = {{StripRow::source, 400}, {StripRow::target, 23}, {StripRow::other, 400}};
    EXPECT_EQ(three.height(8), 400 + 8 + 23 + 8 + 400);
    EXPECT_EQ(three.heights(16 + 123, 8), (std::vector<float>{50, 23, 50}));
    three.parts[2].height = 20;
    EXPECT_EQ(three.heights(16 + 123, 8), (std::vector<float>{80, 23, 20}));
}

TEST_F(PartsTest, TheStripHasARowForTheSentenceThatIsHeldAgainst) {
    read_with("bart");
    const auto rows = [&](Part part) {
        view_.part = part;
        std::vector<StripRow> found;
        draw_ = [&](Frame& frame) {
            found.clear();
            for (const StripLayout::Part& one : strip_layout(frame, 600).parts) {
                found.push_back(one.row);
                EXPECT_GT(one.height, 0);
            }
        };
        draw_frame();
        return found;
    };
    for (const Part part : {Part::encoder, Part::decoder, Part::cross}) {
        document_.against.reset();
        EXPECT_EQ(rows(part), (std::vector<StripRow>{StripRow::source, StripRow::target}));
        document_.against = "another";
        EXPECT_EQ(rows(part),
                  (std::vector<StripRow>{StripRow::source, StripRow::target, StripRow::other}));
    }
}

TEST(PartEdits, AnAblationOfAllPartsIsTakenFromOneHeadOnly) {
    Edits edits;
    edits.ablations = {{{1, std::nullopt}, AblationTarget::mean}};
    const ModelSize size{2, 3, Part::cross};
    Document document;
    document.edits = edits;
    ASSERT_TRUE(is_silenced(edits, {1, 2}, Part::cross));
    ASSERT_TRUE(app::apply(document, toggle_head(edits, {1, 2}, size)));
    for (const Part part : {Part::encoder, Part::decoder, Part::cross})
        for (Index l = 0; l < 2; ++l)
            for (Index h = 0; h < 3; ++h)
                EXPECT_EQ(is_silenced(document.edits, {l, h}, part),
                          l == 1 && !(part == Part::cross && h == 2))
                    << part_name(part) << l << h;
}

TEST(PartEdits, SilencingNamesThePartAndStaysInIt) {
    Document document;
    ASSERT_TRUE(app::apply(document, toggle_head({}, {0, 1}, {2, 3, Part::decoder})));
    EXPECT_EQ(document.edits.ablations,
              (std::vector<AblationEdit>{{{0, 1, Part::decoder}, AblationTarget::zero}}));
    EXPECT_FALSE(is_silenced(document.edits, {0, 1}, Part::cross));
    ASSERT_TRUE(app::apply(document, toggle_layer(document.edits, 0, {2, 3, Part::cross})));
    EXPECT_TRUE(is_layer_silenced(document.edits, 0, {2, 3, Part::cross}));
    EXPECT_FALSE(is_layer_silenced(document.edits, 0, {2, 3, Part::decoder}));
    ASSERT_TRUE(app::apply(document, toggle_layer(document.edits, 0, {2, 3, Part::cross})));
    EXPECT_TRUE(is_silenced(document.edits, {0, 1}, Part::decoder));
    EXPECT_EQ(document.edits.ablations.size(), 1u);
}

TEST(PartEdits, BlocksOfTwoPartsAreTwo) {
    Document document;
    const BlockEdit cross{{0, 0, Part::cross}, 1, 2}, decoder{{0, 0, Part::decoder}, 1, 2};
    ASSERT_TRUE(apply(document, AddBlocks{{cross, decoder, cross}}));
    EXPECT_EQ(document.edits.blocks, (std::vector<BlockEdit>{cross, decoder}));
    ASSERT_TRUE(apply(document, RemoveBlocks{{decoder}}));
    EXPECT_EQ(document.edits.blocks, (std::vector<BlockEdit>{cross}));
    const PaintedBlocks painted =
        painted_blocks(document.edits, {{0, 0}, /*queries=*/2, /*keys=*/3, Part::cross});
    EXPECT_EQ(painted.cells, (std::vector<Cell>{{1, 2}}));
    EXPECT_TRUE(painted_blocks(document.edits, {{0, 0}, 2, 3, Part::decoder}).cells.empty());
    EXPECT_TRUE(painted_blocks(document.edits, {{0, 0}, 2, 2, Part::cross}).cells.empty())
        << "the source has become shorter";
}

TEST(Target, TypingItIsOneStepAndUndoGivesItBackToTheModel) {
    History history;
    history.issue(SetTarget{"Hall"}, 0);
    for (const char* text : {"Hallo", "Hallo,"})
        history.issue(SetTarget{text}, 0.1);
    EXPECT_EQ(history.document().target, "Hallo,");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().target, "Hall");
    EXPECT_EQ(history.undo_label(), "typing the target");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().target, std::nullopt);
    EXPECT_FALSE(history.undo());
    ASSERT_TRUE(history.redo());
    EXPECT_EQ(history.document().target, "Hall");
    history.issue(SetTarget{std::nullopt}, 9);
    EXPECT_FALSE(history.document().target);
}

TEST(Target, AnotherModelWritesItsOwn) {
    Document document;
    document.model = "a";
    document.target = "Hallo";
    document.edits.temperatures = {{{}, 2}, {{{}, {}, Part::cross}, 3}};
    EXPECT_FALSE(apply(document, SetModel{"a"}));
    EXPECT_EQ(document.target, "Hallo");
    ASSERT_TRUE(apply(document, SetModel{"b"}));
    EXPECT_FALSE(document.target);
    EXPECT_EQ(document.edits.temperatures, (std::vector<TemperatureEdit>{{{}, 2}}));
}

TEST(RectangularMaps, BothAxesAreReachedAtEveryZoom) {
    for (const MapExtent extent : {MapExtent{3, 11}, MapExtent{11, 3}, MapExtent{1, 9}}) {
        const ImVec2 size = map_size({550, 400}, extent, 128);
        EXPECT_LE(size.x, 550);
        EXPECT_LE(size.y, 400);
        EXPECT_GE(std::min(size.x, size.y), std::min(128.0f, std::max(size.x, size.y) / 3.4f));
        ViewState view;
        MapWindow window = map_window(view, extent, {10, 20}, size);
        EXPECT_EQ(window.region(), (MapRegion{0, extent.queries, 0, extent.keys}));
        for (int step = 0; step < 12; ++step) {
            const ImVec2 last(window.end().x - 0.5f, window.end().y - 0.5f);
            const auto cell = window.cell_at(last);
            ASSERT_TRUE(cell);
            EXPECT_LE(cell->query, extent.queries - 1);
            EXPECT_LE(cell->key, extent.keys - 1);
            const ImVec2 middle(
                static_cast<float>(window.x_of(static_cast<double>(cell->key) + .5)),
                static_cast<float>(window.y_of(static_cast<double>(cell->query) + .5)));
            if (window.contains(middle)) {
                EXPECT_EQ(window.cell_at(middle), *cell);
            }
            window.zoom(last, 1.25);
            EXPECT_GE(window.span, 0.999);
            EXPECT_GE(window.rows(), 0.999);
        }
        // Zoomed in at the last corner, both axes end there.
        const MapRegion region = window.region();
        EXPECT_EQ(region.query_end, extent.queries);
        EXPECT_EQ(region.key_end, extent.keys);
    }
}

TEST(RectangularMaps, ASquareOneIsAsLargeAsEver) {
    for (const Index tokens : {1, 5, 13, 31, 120, 512}) {
        const ImVec2 size = map_size({700, 576}, {tokens, tokens}, 96);
        EXPECT_EQ(size.x, even_side(576, tokens, 96)) << tokens;
        EXPECT_EQ(size.y, size.x) << tokens;
    }
}

}  // namespace
}  // namespace fovea::app
