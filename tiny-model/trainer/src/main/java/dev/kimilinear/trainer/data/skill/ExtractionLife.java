package dev.kimilinear.trainer.data.skill;

import static dev.kimilinear.trainer.data.skill.ExtractionDomain.address;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.choice;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.date;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.integer;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.list;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.number;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.text;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.truth;

import java.util.List;

import dev.kimilinear.trainer.data.Source;

/** Texts about everyday matters to extract from: recipes, films, companies, measurements ... */
final class ExtractionLife {

    static final List<ExtractionDomain> DOMAINS = List.of(
            ExtractionDomain.of("(job|job offer|position|vacancy)", List.of(
                    text("job, title, job title, position", ExtractionValues::job),
                    text("company, employer", ExtractionValues::company),
                    text("city, location, place of work", Source::city),
                    integer("salary, pay, monthly salary", 1200, 9000),
                    text("contact, contact person", ExtractionValues::name),
                    truth("full time, is full time")), """
                            > {1} (is looking for|seeks|hires|wants to hire|needs) a {0}( in {2}|)
                            > (A|One) {0} (is wanted|is needed|wanted) (at|by) {1}
                            > (We are looking for|We need|Wanted:) a {0} in {2}
                            > (The job of a|The position of|The vacancy for a) {0} (at|in) {1} is (open|free)
                            (The place of work is|The office is in|You will work in) {2}
                            (The salary is|You earn|We pay|The pay is) {3} (euros|dollars)( a month|)
                            (The contact is|Please ask|Write to|Call) {4}
                            (The company is|The employer is) {1}
                            +5 (It is a full time job|The job is full time)
                            -5 (It is a part time job|The job is not full time|It is only part time)
                            """),
            ExtractionDomain.of("(recipe|dish|meal)", List.of(
                    text("name, dish, title, recipe", ExtractionValues::food),
                    integer("time, minutes, cooking time, preparation time", 5, 180),
                    integer("servings, persons, portions", 1, 12),
                    list("ingredients, ingredient list", source -> ExtractionValues.words(source, "foods")),
                    text("cook, chef, author", ExtractionValues::name),
                    choice("difficulty, level", "easy", "medium", "hard"),
                    truth("vegetarian, is vegetarian")), """
                            > (For|To make|To cook) {0} you need {3}
                            > {4} (cooks|makes|prepares|is famous for|likes to cook) {0}
                            > (This is|Here is|I have) a recipe for {0}( by {4}|)
                            > (Today|Tonight|On Sunday) we (make|cook|have|prepare) {0} with {3}
                            > The name of the dish is {0}
                            (You need|Take|The ingredients are|It is made with|Buy) {3}
                            (It takes|It is ready in|Cook it for|The cooking time is) {1} minutes
                            (It serves|It is enough for|It is for) {2} (people|persons|guests)
                            (The recipe is by|The cook is|I got it from|The chef is) {4}
                            (It is|The difficulty is|The level is) {5}( to make|)
                            +6 (It is vegetarian|The dish is vegetarian|There is no meat in it)
                            -6 (It is not vegetarian|There is meat in it|It is cooked with meat)
                            """),
            ExtractionDomain.of("(measurement|sensor value|reading)", List.of(
                    text("sensor, sensor id, device, id", source -> source.chance(0.5) ? ExtractionValues.code(source)
                            : source.inventedWord()),
                    number("value, measured value, reading", 500),
                    choice("unit, unit of measure", "Celsius", "bar", "volts", "meters", "percent", "grams"),
                    text("time, timestamp, measured at", ExtractionValues::time),
                    text("place, room, location", source -> source.word("places")),
                    truth("alarm, alert"),
                    integer("battery, battery level", 1, 100)), """
                            > (Sensor|The sensor|Device) {0} (shows|reports|measures|measured|says|reads) {1} {2}
                            > (At|It was) {3} (sensor|the device) {0} (showed|measured|reported) {1} {2}
                            > (Sensor|The sensor) {0} (is|stands|was installed) in the {4}
                            > (The reading of|The value of) {0} (is|was) {1} {2}
                            (The time was|It was measured at|This was at) {3}
                            (It is in the|The place is the|You find it in the) {4}
                            (The battery is at|The battery level is) {6}( percent|)
                            +5 (There is an alarm|The alarm is on|It raised an alarm)
                            -5 (There is no alarm|The alarm is off|No alarm was raised)
                            """),
            ExtractionDomain.of("(film|movie)", List.of(
                    text("title, film, movie, name", ExtractionValues::title),
                    text("director, director name, directed by", ExtractionValues::fullName),
                    integer("year, release year, released", 1930, 2025),
                    integer("length, minutes, duration, running time", 60, 220),
                    text("actor, star, main actor", ExtractionValues::fullName),
                    number("rating, score, stars", 9),
                    choice("genre, kind", "comedy", "drama", "horror", "western", "action")), """
                            > "{0}" (is a film by|was directed by|was made by|is by) {1}
                            > {1} (made|directed|shot) (the film |)"{0}"( in {2}|)
                            > (We watched|I saw|Have you seen|I like) "{0}" (with|starring) {4}
                            > "{0}" (came out in|is from|was released in) {2}
                            (The director is|It was directed by) {1}
                            (It came out in|It is from|The year is) {2}
                            (It lasts|It takes|The film runs) {3} minutes
                            (The star is {4}|{4} plays the main part|The main actor is {4}|The hero is played by {4})
                            (The rating is|It got|The score is) {5}( points| stars|)
                            (It is a|The genre is) {6}
                            """),
            ExtractionDomain.of("(song|track)", List.of(
                    text("title, song, name, track", ExtractionValues::title),
                    text("artist, singer, band", ExtractionValues::name),
                    text("album, record", ExtractionValues::title),
                    integer("year, released", 1950, 2025),
                    integer("seconds, length, duration", 60, 600)), """
                            > {1} (sings|wrote|plays|recorded) (the song |)"{0}"
                            > (The song|The track|My favourite song is) "{0}" by {1}
                            > "{0}" (is on the album|can be heard on|comes from the record) "{2}"
                            (It is sung by|The singer is|The artist is|The band is) {1}
                            (It is on the album|The album is called|The album is) "{2}"
                            (It is from|It came out in|It was released in) {3}
                            (It lasts|It is|The length is) {4} seconds( long|)
                            """),
            ExtractionDomain.of("(company|firm|business)", List.of(
                    text("name, company, company name, firm", ExtractionValues::company),
                    integer("employees, staff, number of employees", 2, 9999),
                    text("city, location, headquarters, seat", Source::city),
                    integer("founded, founding year, year", 1850, 2024),
                    text("boss, ceo, director, founder", ExtractionValues::fullName),
                    list("products, goods", source -> ExtractionValues.words(source, "products")),
                    text("phone, phone number, telephone", ExtractionValues::phone),
                    address("address, office address")), """
                            > {0} (was founded|was started|began) in {3}
                            > {0} (has|employs) {1} (people|employees|workers)( in {2}|)
                            > {0} (is a company (in|from)|has its seat in|is based in|sits in) {2}
                            > {4} (leads|runs|is the boss of|manages|founded) {0}
                            > {0} (sells|makes|produces) {5}
                            > (The company|The firm) (is called|has the name) {0}
                            (It has|They have|The company has|There are) {1} (employees|workers|people)
                            (The seat is in|It is based in|They are in|The headquarters are in) {2}
                            (It was founded in|They started in|It exists since) {3}
                            (The boss is|It is led by|The director is) {4}
                            (They sell|It makes|The products are) {5}
                            (The phone number is|Call|You can call them at) {6}
                            (The address is|The office is at|Visit them at) {7}
                            """),
            ExtractionDomain.of("(flat|house|apartment)", List.of(
                    address("address, place"),
                    integer("rooms, number of rooms", 1, 9),
                    integer("size, area, square meters", 20, 300),
                    integer("rent, price, monthly rent", 200, 4000),
                    text("landlord, owner, contact", ExtractionValues::name),
                    truth("balcony, has balcony"),
                    truth("furnished, is furnished"),
                    integer("floor, level", 1, 20)), """
                            > (The|This) (flat|apartment|house) (at|in) {0} has {1} rooms
                            > (For rent|To let): {1} rooms, {2} square meters
                            > {4} (rents out|offers|lets) a (flat|house|apartment) with {1} rooms
                            > (The|This) (flat|apartment) costs {3} (euros|dollars) a month
                            > (We found|I rent|I saw) a (flat|house) (at|in) {0}
                            (It has|There are) {1} rooms
                            (It has|The size is|It measures) {2} square meters
                            (The rent is|It costs|You pay) {3} (euros|dollars)( a month|)
                            (The landlord is|It belongs to|Please call) {4}
                            +5 (It has a balcony|There is a balcony)
                            -5 (It has no balcony|There is no balcony)
                            +6 (It is furnished|It comes with furniture)
                            -6 (It is not furnished|It comes without furniture)
                            (It is on|The flat is on) floor {7}
                            """),
            ExtractionDomain.of("(match|game|result)", List.of(
                    text("home team, team a, first team", Source::city),
                    text("away team, team b, second team", Source::city),
                    integer("home goals, goals a, home score", 0, 9),
                    integer("away goals, goals b, away score", 0, 9),
                    date("date, day, match date"),
                    text("referee, referee name", ExtractionValues::fullName),
                    integer("spectators, visitors, people", 100, 90_000)), """
                            > {0} (against|versus|-) {1} ended {2}:{3}
                            > {0} (played|plays) against {1}
                            > {0} - {1} {2}:{3}
                            > The match {0} against {1} (was|took place) on {4}
                            (The result was|It ended|The final score was) {2}:{3}
                            (It was played on|The date was) {4}
                            (The referee was|The match was led by) {5}
                            (There were|They played in front of) {6} (people|spectators|visitors)
                            """),
            ExtractionDomain.of("(weather|weather report|forecast)", List.of(
                    text("city, place, location", Source::city),
                    integer("temperature, degrees, temp", -20, 40),
                    choice("weather, condition, sky", "sunny", "cloudy", "rainy", "snowy", "foggy", "windy"),
                    text("day, weekday", ExtractionValues::day),
                    integer("wind, wind speed", 1, 120),
                    integer("humidity, humidity in percent", 10, 100)), """
                            > In {0} it is {2} and {1} degrees
                            > (On {3} it will be|{3} will be) {2} in {0}
                            > {0}( has|:) {1} degrees
                            > The weather in {0} (is|will be|was) {2}
                            (The temperature is|It has|We have) {1} degrees
                            (The forecast is for|This is for|That was on) {3}
                            The (wind|wind speed) is {4}( km per hour|)
                            The humidity is {5}( percent|)
                            """),
            ExtractionDomain.of("(course|lesson|class)", List.of(
                    text("course, title, name, subject", source -> source.chance(0.5) ? source.word("hobbies")
                            : ExtractionValues.title(source)),
                    text("teacher, trainer, instructor", ExtractionValues::name),
                    text("day, weekday", ExtractionValues::day),
                    text("time, start, start time", ExtractionValues::time),
                    text("room, place", ExtractionValues::code),
                    number("fee, price, cost", 300),
                    integer("students, participants", 1, 60)), """
                            > {1} (teaches|gives a course in|gives lessons in) {0}
                            > (The|Our) {0} (course|class) (is|takes place) on {2}( at {3}|)
                            > (You can learn|Learn) {0} with {1}
                            (The teacher is|It is taught by) {1}
                            (It is on|The course is on|We meet on) {2}
                            (It starts at|It begins at) {3}
                            (It is in room|The room is|Go to room) {4}
                            (The fee is|It costs|You pay) {5} (euros|dollars)
                            (There are|The course has) {6} (students|participants)
                            """),
            ExtractionDomain.of("(ticket|problem|complaint|support request)", List.of(
                    text("customer, name, sender, user", ExtractionValues::name),
                    text("product, device, item", ExtractionValues::product),
                    text("email, mail, contact", ExtractionValues::email),
                    choice("priority, urgency", "low", "medium", "high"),
                    date("purchase date, bought on, date"),
                    text("ticket number, id, number", ExtractionValues::code),
                    truth("refund, wants refund")),
                    """
                            > {0} (writes|says|complains|reports|tells us) that the {1} (is broken|does not work|stopped working|\
                            has a problem)
                            > (The {1} of {0}|{0}'s {1}) (is broken|does not work|makes strange noises)
                            > (I am|My name is|This is) {0} and my {1} (is broken|does not work)
                            > {0} has (trouble|a problem|problems) with the {1}
                            > Ticket {5} (was opened by|is from) {0}
                            (The mail is|Please answer to|You can write to) {2}
                            (The priority is|This has the priority) {3}
                            (It was bought on|The purchase was on) {4}
                            (The ticket number is|It is ticket) {5}
                            +6 (A refund is wanted|{0} wants the money back|Please refund the money)
                            -6 (No refund is wanted|{0} does not want the money back|A refund is not needed)
                            """));

    private ExtractionLife() {
    }
}
