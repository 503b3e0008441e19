package io.countersign.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars of how fast Countersign is by how fast the others are, as SVG that reads on a light page and on a dark one. */
final class Plot {
    private static final int ROW = 46;
    private static final int LEFT = 220;
    private static final int WIDTH = 400;
    private static final double MOST = 2;
    private static final List<String> OTHERS = List.of("nginx", "Jetty");
    private static final List<String> COLOURS = List.of("#009639", "#b5651d");

    private Plot() {}

    static String of(Map<String, Map<String, List<Double>>> measured) {
        StringBuilder bars = new StringBuilder();
        int row = 0;
        for (Map.Entry<String, Map<String, List<Double>>> work : measured.entrySet()) {
            if (!work.getKey().endsWith("/s")) {
                continue;
            }
            double ours = SideBySide.median(work.getValue().getOrDefault("Countersign", List.of()));
            int top = 40 + row++ * ROW;
            bars.append(text(LEFT - 10, top + 21, "end", work.getKey().replaceAll(",.*", "")));
            for (int i = 0; i < OTHERS.size(); i++) {
                double ratio = ours / SideBySide.median(work.getValue().getOrDefault(OTHERS.get(i), List.of()));
                if (Double.isNaN(ratio)) {
                    continue;
                }
                long width = Math.round(Math.min(ratio, MOST) / MOST * WIDTH);
                int y = top + i * 18;
                bars.append("<rect x='%d' y='%d' width='%d' height='15' fill='%s'/>%n"
                        .formatted(LEFT, y, width, COLOURS.get(i)));
                String said = String.format(Locale.ROOT, "%.2f × %s", ratio, OTHERS.get(i));
                bars.append(text(LEFT + width + 6, y + 12, "start", said));
            }
        }
        int height = 50 + row * ROW;
        return """
                <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %1$d %2$d' width='%1$d' height='%2$d'
                     font-family='sans-serif' font-size='12' fill='#808080' role='img'>
                <title>How fast Countersign is, by how fast nginx and a bare Jetty are</title>
                %3$s<line x1='%4$d' y1='32' x2='%4$d' y2='%5$d' stroke='#808080' stroke-dasharray='3'/>
                %6$s</svg>
                """.formatted(
                        LEFT + WIDTH + 110,
                        height,
                        text(LEFT + WIDTH / 2, 24, "middle", "as fast"),
                        LEFT + WIDTH / 2,
                        height - 10,
                        bars);
    }

    private static String text(long x, long y, String anchor, String said) {
        return "<text x='%d' y='%d' text-anchor='%s'>%s</text>%n".formatted(x, y, anchor, said);
    }
}
