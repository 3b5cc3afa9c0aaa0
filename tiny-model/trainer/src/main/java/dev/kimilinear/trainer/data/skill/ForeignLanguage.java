package dev.kimilinear.trainer.data.skill;

/** A language besides English that the model knows a little of. */
enum ForeignLanguage {
    GERMAN("German"),
    FRENCH("French"),
    SPANISH("Spanish"),
    CHINESE("Chinese");

    private final String english;

    ForeignLanguage(String english) {
        this.english = english;
    }

    /** Its English name. */
    String english() {
        return english;
    }
}
