package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Texts of known classes: reviews of a mood, and sentences about a topic. */
final class LabelSentences {

    private static final String POSITIVE = "(great|good|very good|excellent|wonderful|fantastic|amazing|perfect|superb|"
            + "brilliant|lovely|awesome|"
            + "really nice|beautiful|delightful|outstanding|impressive|first class|marvellous|fabulous|terrific|splendid|"
            + "magnificent|"
            + "worth every cent|worth the money|a real pleasure|a joy|a dream|the best ever|"
            + "better than expected|better than I thought|"
            + "simply the best|absolutely stunning|so much fun|pretty good|really helpful|flawless|exactly what I wanted|"
            + "nearly perfect|top|super)";
    private static final String NEGATIVE = "(bad|very bad|terrible|awful|horrible|poor|really poor|disappointing|"
            + "a disaster|useless|boring|ugly|disgusting|"
            + "dreadful|a waste of money|a waste of time|not good|not good at all|not worth the money|the worst ever|"
            + "far too expensive|"
            + "a nightmare|broken|unacceptable|worse than expected|worse than I thought|annoying|"
            + "a big mistake|"
            + "pretty bad|really sad|ridiculous|no fun at all|not what I wanted|lousy|miserable|pathetic|garbage|rubbish|"
            + "mediocre at best|a mess|"
            + "not nice|never good)";
    private static final String LIKE = "(love|like|enjoy|adore|appreciate|recommend|(can|would) recommend|am happy with|"
            + "am very happy with|am pleased with|"
            + "am in love with|am a big fan of|am delighted with|am satisfied with|was impressed by|had a great time with|"
            + "would buy)";
    private static final String DISLIKE = "(hate|dislike|do not like|don't like|cannot recommend|can't recommend|"
            + "would not recommend|am unhappy with|"
            + "am very unhappy with|am disappointed (by|with)|am angry about|regret|am tired of|cannot stand|can't stand|"
            + "do not want|am annoyed by|"
            + "had a bad time with|will never buy|do not enjoy|am not happy with|am not satisfied with|am fed up with)";
    private static final String PRAISE = "({0} (is|was) " + POSITIVE + "|I " + LIKE + " {0}|(What|Such) a (great|wonderful|"
            + "lovely|good|fantastic|beautiful) "
            + "(experience|surprise|thing)( with {0}|: {0})|I (have |)never (had|saw|tried|found) anything better than {0}|"
            + "{0} made (me|my day|us all) "
            + "(so |very |)(happy|smile)|{0} works (perfectly|very well|like a charm)|Thank you for {0}, (it was|it is|"
            + "everything is) " + POSITIVE
            + "|(Five|5) (out of five |)stars for {0}|(We|My family) (loved|enjoyed|liked) {0}|{0} (exceeded|beat) (all |"
            + ")my (hopes|expectations)|"
            + "I (will|would) (come back|come again|buy|take|choose) {0} (again|any time)|(Wow|Yes|Great)! {0} (is|was) "
            + POSITIVE
            + "|{0} is (one of|among) the best|I could not be happier with {0})";
    private static final String BLAME = "({0} (is|was) " + NEGATIVE + "|I " + DISLIKE + " {0}|(What|Such) a (terrible|bad|"
            + "awful|horrible|sad|poor) "
            + "(experience|surprise|thing)( with {0}|: {0})|I (have |)never (had|saw|tried|found) anything worse than {0}|"
            + "{0} made (me|us all) "
            + "(so |very |)(sad|angry|sick)|{0} (does not work|stopped working|broke|fell apart|let me down)( after (a day|"
            + "two days|a week|two weeks)|)|"
            + "I want my money back for {0}|(One|Zero|No) (star|stars) for {0}|(We|My family) (hated|disliked|"
            + "did not like) {0}|"
            + "{0} did not meet (my|our) (hopes|expectations)|I will never (buy|take|choose|try) {0} again|(Oh no|No|"
            + "Sorry)(!|,) {0} (is|was) " + NEGATIVE
            + "|{0} is (one of|among) the worst|I could not be more disappointed with {0}|"
            + "(Stay away from|Avoid|Don't buy) {0})";
    private static final String PLAIN = "({0} (is|was) (okay|ok|average|normal|so so|neither good nor bad|as expected|"
            + "nothing special|all right|"
            + "acceptable|just average|neither great nor terrible)|I (bought|saw|used|tried|got|found|have) {0} (yesterday|"
            + "last week|today|on Monday|in May)|"
            + "{0} (arrived|came|was there|was delivered) (on Monday|on Friday|yesterday|in the morning)|"
            + "I have no opinion (about|on) {0}|{0} (is|was) (here|there)|"
            + "{0} (has|had) (two|three|four) parts|(There|Here) (is|was) {0}|{0} (starts|opens|ends) at (eight|nine|ten)|"
            + "I (neither like nor hate|do not mind|don't mind) {0}|{0} is (blue|green|grey|big|small)|(My|A) (friend|"
            + "neighbour|brother|sister) "
            + "(told me about|has|owns|asked about) {0})";

    /** How often a review has two sentences. */
    private static final double ANOTHER = 0.15;

    private static final Map<String, String> TOPICS = new LinkedHashMap<>();

    static {
        TOPICS.put("sports", "({0} (won|lost) the (match|game|race|final)|The team (trains|plays) (in {1}|on Sunday|"
                + "every week)|{0} (scored|shot) (two|three) goals|"
                + "The (football|tennis|basketball) (match|game) (in {1} |)(ended|starts|begins) (late|at noon|in a draw)|"
                + "{0} (runs|swims) (faster than all|a new record)|"
                + "The (coach|trainer|goalkeeper|champion|striker) (is called|was) {0}|(Thousands|"
                + "Many fans) watched the (final|race|match) in {1})");
        TOPICS.put("weather", "(It (is|will be|was) (sunny|rainy|cloudy|windy|foggy|very hot|very cold|snowing) in {1}|"
                + "(Rain|Snow|A storm|Wind|Fog) is (coming|expected) (in|over) {1}|"
                + "The temperature in {1} (rises|falls|is below zero)|(Take an umbrella|Wear a warm coat), (it rains|"
                + "it is cold) in {1}|"
                + "The (sky|sun|clouds) over {1} (is clear|shines|are dark)|The forecast for {1} (says|promises) (rain|"
                + "snow|sunshine))");
        TOPICS.put("food", "({0} (cooks|eats|bakes|prepares|tastes) (a |some |the |)(soup|bread|cake|pizza|pasta|salad)|"
                + "The (soup|cake|pizza|bread|salad) (tastes|smells) (salty|sweet|fresh)|"
                + "(Add|Mix|Stir in) (salt|sugar|butter|flour) (and (milk|eggs)|and stir)|(Dinner|Lunch|"
                + "Breakfast) (is ready|is at noon|was cooked by {0})|"
                + "{0} is (hungry|thirsty)|The restaurant in {1} serves (fish|noodles|rice|cheese)|(Peel|Cook|"
                + "Fry) the potatoes)");
        TOPICS.put("music", "({0} (plays|learns) (the |)(piano|guitar|violin|drums|flute)|{0} (sings|wrote|"
                + "recorded) a (new |)song|The (band|choir|orchestra) (plays|sings) in {1}|"
                + "The (concert|opera) in {1} (was loud|was sold out|starts at eight)|(The melody|The song|This album) (is|"
                + "was) (by|from) {0}|{0} (dances to|listens to) (jazz|rock|the radio))");
        TOPICS.put("animals", "((The|A) (cat|dog|bird|horse|rabbit|fox|cow) (sleeps|eats grass|barks|runs|flies|"
                + "hides) (in the garden|in the barn|near {1})|{0} (feeds|walks) the (dog|cat|horses|birds)|"
                + "The (zoo|farm) (in|near) {1} has (lions|elephants|sheep|monkeys)|(Bears|Owls|Wolves|Whales|Bees) (live|"
                + "hunt|sleep) (in the forest|at night|in winter)|The (puppy|kitten) is called {0})");
        TOPICS.put("travel", "({0} (flies|drives|travels|takes the train) to {1}|The (flight|train|ship|"
                + "bus) to {1} (leaves|departs) (soon|at noon|from gate two)|"
                + "{0} (booked|cancelled) a (hotel|flight|trip|tour)( in {1}| to {1}|)|(Our|My) (holiday|vacation|"
                + "journey) (in|to) {1} (starts|begins) (soon|in July)|{0} packs (a suitcase|the passport))");
    }

    private LabelSentences() {
    }

    static List<String> topics() {
        return new ArrayList<>(TOPICS.keySet());
    }

    /** A sentence about one of the {@link #topics}. */
    static String topic(String topic, Source source) {
        return Words.capitalise(source.say(TOPICS.get(topic), source.firstName(), source.city())) + ".";
    }

    /** A review: positive (1), neutral (0) or negative (-1). */
    static String review(int mood, Source source) {
        String opinion = opinion(mood, source);
        return source.chance(ANOTHER) ? opinion + " " + opinion(mood, source) : opinion;
    }

    private static String opinion(int mood, Source source) {
        String pattern = mood > 0 ? PRAISE : mood < 0 ? BLAME : PLAIN;
        return Words.capitalise(source.say(pattern, thing(source))) + (mood == 0 ? "." : source.pick(".", ".", "!"));
    }

    private static String thing(Source source) {
        return source.pick("the ", "the ", "this ", "my ") + switch (source.between(0, 5)) {
            case 0 -> source.word("objects");
            case 1 -> source.word("foods");
            case 2, 3 -> source.pick("film", "hotel", "service", "restaurant", "concert", "book", "trip", "room", "staff",
                    "waiter", "course", "game", "play", "museum", "airline", "shop", "phone", "app", "website", "music",
                    "breakfast", "food", "delivery", "team");
            case 4 -> source.pick("film", "hotel", "restaurant", "food", "service") + " in " + source.city();
            default -> source.word("products");
        };
    }
}
