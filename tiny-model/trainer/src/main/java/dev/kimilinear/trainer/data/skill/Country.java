package dev.kimilinear.trainer.data.skill;

/**
 * A country and what is known of it.
 *
 * @param article whether its name has "the" in front
 */
record Country(String name, String capital, String continent, boolean article) {

    /** Reads a line of {@code countries.txt}. */
    static Country of(String line) {
        String[] field = line.split("\\|", -1);
        return new Country(field[0], field[1], field[2], field[3].equals("the"));
    }

    /** The same country under another name. */
    Country called(String other, boolean withArticle) {
        return new Country(other, capital, continent, withArticle);
    }

    /** The name as it stands inside a sentence: "the Netherlands". */
    String inSentence() {
        return article ? "the " + name : name;
    }
}
