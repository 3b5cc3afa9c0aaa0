package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Solves small stories with two numbers: apples bought and lost, shared and paid, and how old somebody is. */
public final class WordProblems implements Skill {

    private static final Topics TOPICS = Topics.read("word-problems");

    /**
     * A kind of story.
     *
     * @param answer with the places of the story, and {@code #} for the result
     */
    private record Story(String topic, char operator, String answer) {

        String answer(Expression expression, String things, String one, String other) {
            return answer.replace("#", String.valueOf(expression.result())).replace("{2}", things).replace("{3}", one)
                    .replace("{4}", other);
        }
    }

    private static final List<Story> STORIES = List.of(
            new Story("I gain", '+', "You have # {2}."), new Story("I gain", '+', "You have # {2}."),
            new Story("I lose", '-', "You have # {2}."), new Story("I lose", '-', "You have # {2}."),
            new Story("she gains", '+', "{3} has # {2}."), new Story("she loses", '-', "{3} has # {2}."),
            new Story("together", '+', "They have # {2}."), new Story("groups", '*', "There are # {2}."),
            new Story("share", '/', "Each gets # {2}."), new Story("price", '*', "They cost # {3}."),
            new Story("older", '+', "You will be # years old."), new Story("younger", '-', "You were # years old."),
            new Story("sibling", '+', "{4} is # years old."), new Story("bus", '+', "There are # people on the bus."),
            new Story("bus stops", '-', "There are # people on the bus."), new Story("more needed", '-', "You need # more."));
    private static final List<String> THINGS = List.of("apples", "oranges", "pears", "bananas", "eggs", "books", "pens",
            "pencils", "marbles", "balls", "cards", "coins", "stamps", "flowers", "trees", "cookies", "cakes", "candies",
            "sweets", "stickers", "toys", "dolls", "cars", "bikes", "cats", "dogs", "birds", "fish", "sheep", "cows", "horses",
            "chickens", "lemons", "tomatoes", "potatoes", "carrots", "nuts", "berries", "plums", "peaches", "bottles", "cups",
            "plates", "spoons", "chairs", "lamps", "shirts", "socks", "hats", "shoes", "keys", "stones", "shells", "letters",
            "photos", "pictures", "tickets", "balloons", "candles", "boxes", "buttons", "rings", "games", "sandwiches",
            "pizzas");

    private static final List<String> COINS = List.of("euros", "dollars", "coins", "pounds", "cents", "francs");

    @Override
    public String name() {
        return "word problems";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Story story = source.pick(STORIES);
        Expression expression = draw(source, story.operator);
        boolean missing = story.topic.equals("more needed");
        Object[] numbers = missing ? Numbers.typed(source, expression.right(), expression.left())
                : Numbers.typed(source, expression.left(), expression.right());
        String things = source.chance(0.75) ? source.pick(THINGS) : source.inventedWord() + "s";
        String one = story.topic.equals("price") ? source.pick(COINS) : source.firstName();
        String other = other(source, one);
        dialogue.user(TOPICS.say(source, story.topic, numbers[0], numbers[1], things, one, other))
                .answer(story.answer(expression, things, one, other));
    }

    private static String other(Source source, String one) {
        String other = source.firstName();
        return other.equals(one) ? other(source, one) : other;
    }

    /** Numbers and a result of at least two, so that the things are always several. */
    private static Expression draw(Source source, char operator) {
        int most = source.pick(10, 20, 20, 99);
        return switch (operator) {
            case '+' -> source.owned(() -> new Expression(source.between(2, most), '+', source.between(2, most)));
            case '-' -> source.owned(() -> {
                int right = source.between(2, most);
                return new Expression(right + source.between(2, most), '-', right);
            });
            case '*' -> new Expression(source.between(2, 12), '*', source.between(2, 12));
            default -> quotient(source.between(2, 12), source.between(2, 12));
        };
    }

    private static Expression quotient(int by, int result) {
        return new Expression(by * result, '/', by);
    }
}
