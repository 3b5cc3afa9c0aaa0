package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import dev.kimilinear.trainer.data.Source;

/** What there are texts about: a person, an order, a meeting, or a thing with any attributes. */
final class ExtractionDomains {

    private static final ExtractionDomain PERSON = ExtractionDomain.of("person",
            List.of("person", "user", "customer", "client", "guest", "member", "employee", "contact", "student", "patient",
                    "player", "visitor", "owner", "tenant", "teacher", "applicant", "passenger", "neighbour", "worker"),
            List.of(
                    ExtractionField.text("name, full name", ExtractionValues::name),
                    ExtractionField.number("age, age in years, years", 1, 99),
                    ExtractionField.text("city, town, home, home town", Source::city),
                    ExtractionField.text("job, profession, occupation, job title", ExtractionValues::job)),
            """
                    {0} is {1} years old
                    {0} (lives in|comes from|is from) {2}
                    {0} (works as|is) a {3}
                    {0} is {1} years old and (lives in|comes from|is from) {2}
                    {0}, {1}, (lives in|comes from|is from) {2}
                    {0} from {2} is {1} years old
                    {0} is {1} years old and works as a {3}
                    {0} works as a {3} and is {1} years old
                    {0} works as a {3} in {2}
                    {0} lives in {2} and works as a {3}
                    {0} is a {3} from {2}
                    {0} is {1} years old, lives in {2} and works as a {3}
                    {0} lives in {2}, is {1} years old and works as a {3}
                    {0}, {1}, works as a {3} in {2}
                    My name is {0} and I am {1} years old
                    (My name is|I am) {0} and I (live in|come from|am from) {2}
                    (My name is|I am) {0}. I am {1} years old and (live in|come from) {2}
                    (My name is|I am) {0}. I am {1} years old and work as a {3}
                    (My name is|I am) {0}. I live in {2} and work as a {3}
                    My name is {0}, I am {1} years old, I live in {2} and I work as a {3}
                    (She|He) is {1} years old and lives in {2}
                    (She|He) is {1} years old and works as a {3}
                    (She|He) lives in {2} and works as a {3}
                    (She|He) is {1} years old, lives in {2} and works as a {3}
                    """);

    private static final ExtractionDomain ORDER = ExtractionDomain.of("order",
            List.of("order", "sale", "purchase", "delivery", "shop", "shipment", "cart", "basket", "parcel", "request",
                    "invoice", "receipt", "booking", "deal", "store", "market", "trade", "offer", "package"),
            List.of(
                    ExtractionField.text("customer, customer name, buyer, client", ExtractionValues::name),
                    ExtractionField.text("product, item, article, product name", ExtractionValues::products),
                    ExtractionField.number("quantity, amount, count, pieces", 2, 99),
                    ExtractionField.text("city, town, destination", Source::city)),
            """
                    {0} (orders|ordered|buys|bought|needs|wants) {1}
                    {0} (orders|ordered|buys|bought|needs|wants) {2} {1}
                    (There are|We have) {2} {1} for {0}
                    (My name is|I am) {0} and I (need|want|order|would like) {2} {1}
                    {0} (from|in) {3} (orders|ordered|bought|needs|wants) {1}
                    {0} (from|in) {3} (orders|ordered|bought|needs|wants) {2} {1}
                    (Please |)(send|ship|deliver) {1} to {0} in {3}
                    (Please |)(send|ship|deliver) {2} {1} to {0} in {3}
                    (Please |)(send|ship|deliver) {2} {1} to {3}
                    (We need|We order|Someone ordered) {2} {1} in {3}
                    {0} lives in {3} and (orders|ordered|bought|needs|wants) {2} {1}
                    (My name is|I am) {0} from {3} and I (need|want|order|would like) {2} {1}
                    The order of {0} is {2} {1}
                    {0} from {3} has an order for us
                    """);

    private static final ExtractionDomain MEETING = ExtractionDomain.of("(meeting|event|appointment)",
            List.of("meeting", "event", "appointment", "session", "lesson", "conference", "party", "course", "visit", "call",
                    "training", "workshop", "talk", "concert", "seminar", "class", "dinner", "festival", "show"),
            List.of(
                    ExtractionField.text("title, topic, subject, name", ExtractionValues::event),
                    ExtractionField.text("day, weekday", ExtractionValues::day),
                    ExtractionField.text("time, start, start time", ExtractionValues::time),
                    ExtractionField.text("place, location, venue", ExtractionValues::place)),
            """
                    The {0} (is|takes place) on {1}
                    The {0} (is|starts|begins) at {2}
                    The {0} (is|takes place) in {3}
                    The {0} (is|starts|begins|takes place) on {1} at {2}
                    (See you at|Come to|Do not miss|We have) the {0} on {1} at {2}
                    The {0} (is|takes place) in {3} on {1}
                    The {0} (is|starts|begins) at {2} in {3}
                    The {0} (is|starts|begins|takes place) on {1} at {2} in {3}
                    (See you at|Come to|Do not miss|We have) the {0} in {3} on {1} at {2}
                    On {1} at {2} (there is|we have) the {0} in {3}
                    The {0} is on {1}. It (starts|begins) at {2}
                    The {0} is on {1}. It (starts|begins) at {2} in {3}
                    (We meet|See you|Let us meet) on {1} at {2}
                    (We meet|See you|Let us meet) on {1} at {2} in {3}
                    (We meet|See you|Let us meet) in {3} on {1}
                    """);

    private static final String THING_TEXTS = """
            The {5} of the {0} is {1}
            The {0} has the {5} {1}
            The {5} of the {0} is {1} and (its|the) {6} is {2}
            The {0} has the {5} {1} and the {6} {2}
            For the {0} the {5} is {1} and the {6} is {2}
            The {5} is {1} and the {6} is {2}
            The {5} of the {0} is {1}, the {6} is {2} and the {7} is {3}
            The {0} has the {5} {1}, the {6} {2} and the {7} {3}
            For the {0} the {5} is {1}, the {6} is {2} and the {7} is {3}
            The {5} is {1}, the {6} is {2} and the {7} is {3}
            """;
    private static final List<String> NUMBERS = List.of("price", "size", "weight", "height", "length", "width", "speed",
            "level", "score", "rank", "age", "year", "capacity", "power", "depth", "stock", "rating", "distance",
            "temperature", "number", "cost", "volume", "position", "value", "area");
    private static final Map<String, Function<Source, String>> TEXTS = new TreeMap<>(Map.ofEntries(
            Map.entry("colour", ExtractionValues::colour),
            Map.entry("color", ExtractionValues::colour),
            Map.entry("owner", Source::firstName),
            Map.entry("seller", Source::firstName),
            Map.entry("author", Source::firstName),
            Map.entry("maker", Source::firstName),
            Map.entry("brand", ExtractionValues::lastName),
            Map.entry("origin", Source::city),
            Map.entry("city", Source::city),
            Map.entry("place", Source::city),
            Map.entry("shape", ExtractionValues::adjective),
            Map.entry("state", ExtractionValues::adjective),
            Map.entry("quality", ExtractionValues::adjective),
            Map.entry("status", ExtractionValues::adjective),
            Map.entry("type", ExtractionValues::noun),
            Map.entry("category", ExtractionValues::noun),
            Map.entry("material", ExtractionValues::noun),
            Map.entry("label", ExtractionValues::noun)));
    private static final int ATTRIBUTES = 3;

    private ExtractionDomains() {
    }

    static ExtractionDomain any(Source source) {
        return switch (source.between(0, 9)) {
            case 0, 1, 2 -> PERSON;
            case 3, 4 -> ORDER;
            case 5, 6 -> MEETING;
            default -> thing(source);
        };
    }

    /** A thing with attributes that are drawn: their names stand in the text, so that any can be asked for. */
    private static ExtractionDomain thing(Source source) {
        List<ExtractionField> fields = new ArrayList<>();
        fields.add(ExtractionField.text("item, object, thing, product", ExtractionValues::thing));
        while (fields.size() <= ATTRIBUTES) {
            ExtractionField drawn = attribute(source);
            if (fields.stream().noneMatch(field -> field.names().contains(drawn.names().getFirst()))) {
                fields.add(drawn);
            }
        }
        return ExtractionDomain.of("(item|object|thing)", List.of(), fields, THING_TEXTS);
    }

    private static ExtractionField attribute(Source source) {
        boolean number = source.chance(0.5);
        String name = source.chance(0.2) ? ExtractionValues.noun(source)
                : source.pick(number ? NUMBERS : List.copyOf(TEXTS.keySet()));
        return number ? ExtractionField.number(name, 1, 999)
                : ExtractionField.text(name, TEXTS.getOrDefault(name, ExtractionValues::adjective));
    }
}
