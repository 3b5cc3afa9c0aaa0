package dev.kimilinear.runtime.config;

/** Whether the package of an application contains its model. */
public enum ModelPackaging {
    /** It does not. */
    REFERENCE,
    /** As hard links to the files on the machine that builds it. */
    LINK,
    /** As copies. */
    COPY
}
