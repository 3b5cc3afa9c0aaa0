package dev.kimilinear.trainer.data.skill;

/** A language besides English that the model knows a little of. */
enum Language {
    GERMAN("German"),
    FRENCH("French"),
    SPANISH("Spanish"),
    CHINESE("Chinese");

    private final String english;

    Language(String english) {
        this.english = english;
    }

    /** Its English name. */
    String english() {
        return english;
    }
}
