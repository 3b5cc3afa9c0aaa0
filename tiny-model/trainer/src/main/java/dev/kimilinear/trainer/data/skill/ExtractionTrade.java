package dev.kimilinear.trainer.data.skill;

import static dev.kimilinear.trainer.data.skill.ExtractionDomain.choice;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.date;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.integer;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.list;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.number;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.text;
import static dev.kimilinear.trainer.data.skill.ExtractionDomain.truth;

import java.util.List;

import dev.kimilinear.trainer.data.Source;

/** Texts about trade to extract from: orders, invoices, products, journeys ... */
final class ExtractionTrade {

    static final List<ExtractionDomain> DOMAINS = List.of(
            ExtractionDomain.of("(order|purchase|customer order)", List.of(
                    text("customer, customer name, buyer, name", ExtractionValues::name),
                    text("product, item, article, product name", ExtractionValues::product),
                    integer("quantity, amount, count, number", 1, 99),
                    number("price, total, total price, cost", 900),
                    text("order number, order id, id", ExtractionValues::code),
                    text("city, delivery city, destination", Source::city),
                    date("order date, date"),
                    truth("paid, is paid, already paid"),
                    choice("status, state", "open", "sent", "delivered", "cancelled")),
                    """
                            > {0} (ordered|has ordered|bought|has bought|wants|would like|needs|wants to buy) {2} {1}(s|)
                            > {0} (ordered|bought|purchased) {2} (pieces|units|boxes) of {1}
                            > (Order|The order) {4}: {2} x {1}
                            > (I want to buy|I need|Please send me|I would like to order|I'd like|We need|Send us) {2} {1}s(, please|)
                            > {0} (from|in) {5} (ordered|bought) {2} {1}s
                            > (The customer is|The buyer is|A customer called|The name of the customer is) {0}
                            > {2} {1}s (go to|were sold to|are for) {0}
                            > (Order|The order) {4} (is|was) placed by {0}
                            (The item|The product|The article) is {1}
                            (The quantity|The amount) is {2}
                            (The total is|The price is|That makes|All together that is|It costs|The customer pays) {3} (euros|\
                            dollars|EUR)
                            (The order number|The number of the order|The order id) is {4}
                            (Please deliver|Deliver|Send|Ship) (it|everything|the goods) to {5}
                            (The order was placed|It was ordered|They ordered it) on {6}
                            +7 (The order|It|Everything) (is|was|has been) (already |)paid
                            -7 (The order|It) (is not paid( yet|)|has not been paid|is still unpaid)
                            The (status|state)( of the order|) is {8}
                            """),
            ExtractionDomain.of("(invoice|bill)", List.of(
                    text("invoice number, number, id", ExtractionValues::code),
                    text("company, seller, issuer", ExtractionValues::company),
                    text("customer, client, recipient", ExtractionValues::name),
                    number("amount, total, sum", 3000),
                    date("due date, due, deadline"),
                    truth("paid, is paid"),
                    choice("currency, money", "EUR", "USD", "GBP")), """
                            > (Invoice|The invoice|Bill) {0} (is|comes) from {1}
                            > {1} sent (an invoice|the invoice {0}|a bill|a bill of {3} {6}) to {2}
                            > (Invoice|Bill) {0} for {2}: {3} {6}
                            > (The customer {2}|{2}) (has to pay|must pay|owes us|owes) {3} {6}
                            > The number of the (invoice|bill) is {0}
                            (It was sent by|It comes from|The seller is) {1}
                            (The customer is|The client is|It is for) {2}
                            (The total|The sum|The amount)( to pay|) is {3} {6}
                            (It is due on|Please pay (before|until)|The due date is|Pay by) {4}
                            +5 (The invoice|It|The bill) (is|has been|was) paid
                            -5 (The invoice|It|The bill) (is not paid|has not been paid yet|is unpaid)
                            """),
            ExtractionDomain.of("(product|article|item|offer)", List.of(
                    text("name, product name, product, title", ExtractionValues::product),
                    number("price, cost, price in euro", 2000),
                    text("colour, color", ExtractionValues::colour),
                    text("brand, manufacturer, maker, company", ExtractionValues::company),
                    number("weight, weight in kg", 80),
                    choice("size", "small", "medium", "large"),
                    integer("stock, pieces, in stock, available pieces", 1, 500),
                    truth("available, is available"),
                    list("materials, material list", source -> source.pickSome(List.of("wood", "steel", "glass", "plastic",
                            "cotton", "leather", "paper", "silk", "wool", "stone"), 2))),
                    """
                            > (The|This|Our|Our new|The new) {0} costs {1} (euros|dollars|EUR)
                            > (The|This) {0} (is made by|comes from|is from) {3}
                            > {3} (sells|makes|offers|presents) (the|this) {0} for {1} (euros|dollars)
                            > (We sell|We offer|Buy|Look at) (the|this) {2} {0}
                            > (The|This) {2} {0} (weighs|has a weight of) {4} kg
                            > (The|This) {0} (is {2}|comes in {2}|has a {2} colour)
                            > (The price of|You get) the {0} (is|for) {1} euros
                            (It costs|The price is|You pay|It is yours for) {1} (euros|dollars)
                            (Its colour is|The colour is|It comes in|It is) {2}
                            (The brand is|The maker is|It is made by) {3}
                            (It weighs|The weight is) {4} (kg|kilos)
                            (The size is|It is a|It comes in) {5}
                            (There are|We have) {6} (pieces |)(in stock|left)
                            +7 (It is available|It is in the shop now|You can buy it now)
                            -7 (It is not available|It is sold out|You cannot buy it( at the moment|))
                            It is made of {8}
                            """),
            ExtractionDomain.of("(book|novel)", List.of(
                    text("title, book title, name", ExtractionValues::title),
                    text("author, writer, author name", ExtractionValues::fullName),
                    integer("year, publication year, published", 1900, 2025),
                    integer("pages, number of pages, page count", 40, 900),
                    choice("genre, category", "novel", "thriller", "fantasy", "biography", "poetry"),
                    text("publisher, company", ExtractionValues::company),
                    number("price, cost", 60)), """
                            > (The book |)"{0}" (was written by|is by|comes from) {1}
                            > {1} (wrote|published|is the author of|has written) (the book |)"{0}"( in {2}|)
                            > (I am reading|I bought|I like|Have you read) "{0}" by {1}
                            > "{0}" (appeared|came out|was published) in {2}
                            > The title (of the book |)is "{0}"
                            (The author is|It was written by|The writer's name is) {1}
                            (It appeared in|It is from|It was published in|The year is) {2}
                            (It has|The book has|There are) {3} pages
                            (The genre is|It belongs to the genre|It is filed under) {4}
                            (The publisher is|It was published by) {5}
                            (It costs|The price is) {6} (euros|dollars)
                            """),
            ExtractionDomain.of("(vehicle|car)", List.of(
                    text("brand, make, manufacturer", ExtractionValues::lastName),
                    text("model, model name", ExtractionTrade::model),
                    integer("year, year of construction, built", 1970, 2025),
                    text("colour, color, paint", ExtractionValues::colour),
                    integer("price, cost", 500, 90_000),
                    text("owner, driver, owner name", ExtractionValues::name),
                    integer("mileage, kilometres, km", 1000, 300_000),
                    truth("electric, is electric"),
                    choice("fuel, fuel type", "petrol", "diesel", "gas")), """
                            > {5} (drives|has|owns|bought) a {0} {1}
                            > {5} (drives|has|owns|bought|sells) a {3} {0} {1}
                            > (For sale|I sell): {0} {1}, {2}, {3}
                            > (The|This) {0} {1} (costs|is yours for) {4} (euros|dollars)
                            > (The|This) {0} {1} (was built in|is from) {2}
                            > (The car|The vehicle) is a {0}
                            (The model is|It is the model) {1}
                            (It was built in|The year is|It is from) {2}
                            (The colour is|It is painted) {3}
                            (It costs|The price is) {4} (euros|dollars)
                            (The owner is|It belongs to) {5}
                            It (has run|has done|ran) {6} (km|kilometres)
                            +7 It (is electric|has an electric motor|is an electric car)
                            -7 It (is not electric|has no electric motor)
                            (It runs on|The fuel is) {8}
                            """),
            ExtractionDomain.of("(flight|journey|trip|ticket|train ride)", List.of(
                    text("passenger, traveller, name", ExtractionValues::name),
                    text("from, departure, origin, start", Source::city),
                    text("to, destination, arrival", Source::city),
                    date("date, travel date, departure date"),
                    text("time, departure time", ExtractionValues::time),
                    number("price, cost, fare", 800),
                    text("seat, seat number", ExtractionValues::code),
                    choice("travel class, class", "first", "second", "economy", "business"),
                    integer("persons, travellers, tickets", 1, 9)), """
                            > {0} (flies|travels|goes|drives|takes the train|is going) from {1} to {2}
                            > {0} (wants to fly|wants to travel|would like to go|plans to travel) from {1} to {2}( on {3}|)
                            > (The|My|Our) (flight|train|bus|trip) (from|starts in) {1} (goes to|to|ends in) {2} on {3}
                            > (I want to go|I need a ticket|Please book a (flight|trip|ticket)|We travel) from {1} to {2}
                            > {0} (is flying|travels|goes) to {2} on {3}
                            > (A|One) ticket to {2} for {0}
                            (It starts at|The departure is at|We leave at|It leaves at) {4}
                            (It starts in|The journey begins in|The departure is in) {1}
                            (The date is|The day of travel is|It is on) {3}
                            (The ticket costs|The price is|The fare is) {5} (euros|dollars)
                            (The seat is|The seat number is|Seat) {6}
                            The ticket is for the {7} class
                            (There are|It is for|We are) {8} (people|persons|travellers)
                            """),
            ExtractionDomain.of("(reservation|booking|hotel booking)", List.of(
                    text("guest, name, guest name", ExtractionValues::name),
                    text("hotel, hotel name, place", source -> "Hotel " + ExtractionValues.lastName(source)),
                    integer("nights, number of nights", 1, 21),
                    integer("persons, guests, people", 1, 9),
                    date("arrival, arrival date, check in"),
                    integer("room, room number", 1, 950),
                    number("price, price per night, cost", 400),
                    truth("breakfast, with breakfast")), """
                            > {0} (booked|has booked|reserved|wants) a room (at the|in the|at) {1}
                            > {0} (stays|will stay|is staying) at {1} for {2} nights
                            > (Please book|I need|We would like) a room for {3} people (at|in) {1}
                            > (The guest|The guest in room {5}) is {0}
                            > {1} confirms (the booking of|a room for) {0}
                            (The stay is|They stay for|It is for) {2} nights
                            (There are|The room is for|It is for) {3} (people|guests|persons)
                            (The arrival is on|They arrive on|Arrival:) {4}
                            (The room number is|It is room|They get room) {5}
                            (One night costs|The price per night is|The room costs) {6} euros( a night|)
                            +7 (Breakfast is included|It is with breakfast|The guests want breakfast)
                            -7 (Breakfast is not included|It is without breakfast|No breakfast is needed)
                            """));

    private ExtractionTrade() {
    }

    private static String model(Source source) {
        return source.chance(0.5) ? ExtractionValues.title(source).replace("The ", "") : ExtractionValues.code(source);
    }
}
