package io.countersign.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A partner in Camel's YAML: properties in block style, each a value on one line. */
final class YamlText implements PartnerText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/.][^\\p{Cc}#\"'`{}\\[\\]&*!|>%@]*");

    private final String file;
    private final String text;
    private final List<NodeTuple> properties;
    private final String byHand;

    private YamlText(String file, String text, List<NodeTuple> properties, String byHand) {
        this.file = file;
        this.text = text;
        this.properties = properties;
        this.byHand = byHand;
    }

    static YamlText of(String file, String text, String partner, String property, String value)
            throws UneditableException {
        List<MappingNode> beans = new ArrayList<>();
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(text)
                    .orElseThrow(() -> new UneditableException(file, "it is empty"));
            for (Node entry : items(root)) {
                Node list = value(entry, "beans");
                for (Node bean : list == null ? List.<Node>of() : items(list)) {
                    if (bean instanceof MappingNode mapping
                            && value(bean, "name") instanceof ScalarNode name
                            && name.getValue().equals(partner)) {
                        beans.add(mapping);
                    }
                }
            }
        } catch (YamlEngineException malformed) {
            throw new UneditableException(file, "it cannot be read: " + malformed.getMessage());
        }
        if (beans.size() != 1) {
            throw new UneditableException(file, "it has " + beans.size() + " beans with the name " + partner);
        }
        Node properties = value(beans.get(0), "properties");
        if (!(properties instanceof MappingNode mapping)
                || mapping.getFlowStyle() != FlowStyle.BLOCK
                || mapping.getAnchor().isPresent()
                || isAlias(beans.get(0), mapping)) {
            Node at = properties == null ? beans.get(0) : properties;
            throw new UneditableException(
                    file,
                    line(start(at)),
                    "the properties of " + partner + " are not in block style, or have an anchor",
                    property + ": " + (value.contains(",") ? quoted(value) : scalar(value)));
        }
        return new YamlText(file, text, mapping.getValue(), property + ": " + scalar(value));
    }

    /** A scalar in the plainest style that means this text. */
    static String scalar(String value) {
        boolean plain = PLAIN.matcher(value).matches()
                && !value.contains(": ")
                && !value.endsWith(":")
                && value.equals(value.strip());
        return plain ? value : quoted(value);
    }

    @Override
    public Optional<String> value(String property) throws UneditableException {
        NodeTuple found = find(property);
        return found == null
                ? Optional.empty()
                : Optional.of(scalar(found, byHand).getValue());
    }

    @Override
    public String with(String property, String value) throws UneditableException {
        NodeTuple found = find(property);
        if (found == null) {
            return added(property, value);
        }
        ScalarNode old = scalar(found, property + ": " + scalar(value));
        String written = switch (old.getScalarStyle()) {
            case SINGLE_QUOTED -> "'" + value.replace("'", "''") + "'";
            case DOUBLE_QUOTED -> quoted(value);
            default -> scalar(value);
        };
        return text.substring(0, index(start(old))) + written + text.substring(index(end(old)));
    }

    @Override
    public String without(String property, String otherwise) throws UneditableException {
        NodeTuple found = find(property);
        if (found == null) {
            return text;
        }
        ScalarNode value = scalar(found, property + ": " + otherwise);
        Lines lines = new Lines(text);
        int end = index(end(value));
        int from = lines.start(end);
        boolean alone = text.substring(end, lines.end(end)).isBlank() && properties.size() > 1;
        return alone ? text.substring(0, from) + text.substring(lines.next(end)) : with(property, otherwise);
    }

    /** Behind the last property; before the first where the last one is longer than its line. */
    private String added(String property, String value) throws UneditableException {
        String line = property + ": " + scalar(value);
        if (properties.isEmpty()) {
            throw new UneditableException(file, "there are no properties yet", line);
        }
        Mark first = start(properties.get(0).getKeyNode());
        Lines lines = new Lines(text);
        String indent = text.substring(lines.start(index(first)), index(first));
        if (!indent.isBlank()) {
            throw new UneditableException(file, line(first), "the first property is not on a line of its own", line);
        }
        Node last = properties.get(properties.size() - 1).getValueNode();
        return last instanceof ScalarNode && line(start(last)) == line(end(last))
                ? lines.inserted(lines.end(index(end(last))), indent + line)
                : lines.insertedBefore(index(first), indent + line);
    }

    private @Nullable NodeTuple find(String property) throws UneditableException {
        NodeTuple found = null;
        for (NodeTuple tuple : properties) {
            if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals(property)) {
                if (found != null) {
                    throw new UneditableException(file, line(start(key)), "this is there twice", byHand);
                }
                found = tuple;
            }
        }
        return found;
    }

    /** Only what stands on the key's line, without anchor, alias or tag. */
    private ScalarNode scalar(NodeTuple tuple, String byHand) throws UneditableException {
        Node value = tuple.getValueNode();
        int line = line(start(tuple.getKeyNode()));
        if (value instanceof ScalarNode scalar
                && !scalar.getAnchor().isPresent()
                && line(start(scalar)) == line
                && line(end(scalar)) == line
                && isWrittenAsItMeans(scalar)) {
            return scalar;
        }
        throw new UneditableException(file, line, "this is not a simple value on one line", byHand);
    }

    /** That the text at the marks is what was read: not so with tags, and after what YAML does not count. */
    private boolean isWrittenAsItMeans(ScalarNode scalar) {
        String written = text.substring(index(start(scalar)), index(end(scalar)));
        ScalarStyle style = scalar.getScalarStyle();
        return style == ScalarStyle.PLAIN
                ? written.equals(scalar.getValue())
                : (style == ScalarStyle.DOUBLE_QUOTED && written.startsWith("\""))
                        || (style == ScalarStyle.SINGLE_QUOTED && written.startsWith("'"));
    }

    private static boolean isAlias(Node parent, Node child) {
        return start(child).getIndex() < start(parent).getIndex();
    }

    private static List<Node> items(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    private static @Nullable Node value(Node node, String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode scalar
                        && scalar.getValue().equals(key)) {
                    return tuple.getValueNode();
                }
            }
        }
        return null;
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private int index(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    private static Mark start(Node node) {
        return node.getStartMark().orElseThrow();
    }

    private static Mark end(Node node) {
        return node.getEndMark().orElseThrow();
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }
}
