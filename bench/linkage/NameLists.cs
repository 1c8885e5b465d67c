namespace Patron.Linkage;

/// <summary>Words that customers are made of, the most frequent first.</summary>
internal static class NameLists
{
    public static readonly string[] Women = Words(
        "Maria Anna Mary Sarah Elizabeth Emma Julia Laura Christine Sophie Katharina Susanne Jennifer Patricia Linda Barbara "
        + "Margaret Jessica Karen Lisa Nancy Sandra Ashley Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca "
        + "Sharon Cynthia Kathleen Amy Angela Shirley Brenda Pamela Nicole Samantha Catherine Monika Petra Sabine Renate "
        + "Ursula Karin Birgit Andrea Gabriele Martina Claudia Heike Brigitte Ingrid Erika Nathalie Isabelle Françoise Céline "
        + "Camille Chloé Zoë Inès Lucía Carmen Elena Sofía Giulia Francesca Chiara Ivana Milena Olga Svetlana Irina Agnieszka "
        + "Małgorzata Zuzanna Ayşe Fatma Zeynep Mei Yuki Priya Ananya Fatima Leila Freya Saoirse Niamh Astrid Solveig Hedda");

    public static readonly string[] Men = Words(
        "Peter John Michael James Thomas Robert Andreas David Christian William Stefan Richard Joseph Wolfgang Charles "
        + "Christopher Daniel Matthew Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Timothy Ronald "
        + "Edward Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Klaus Jürgen Günter Hans Frank Uwe Bernd Werner Dieter "
        + "Horst Manfred Karl Heinz Jörg Matthias Tobias Felix Jonas Lukas Maximilian Pierre François Étienne Jérôme Benoît "
        + "Luc José Javier Álvaro Miguel Ángel Marco Luca Giovanni Matteo Ivan Dmitri Sergei Vladimir Piotr Paweł Łukasz "
        + "Mehmet Mustafa Ahmet Wei Hiroshi Arjun Rahul Mohammed Ali Omar Yusuf Liam Conor Seán Lars Björn Søren Håkon");

    public static readonly string[] Surnames = Words(
        "Smith Müller Johnson Schmidt Williams Brown Schneider Jones Fischer Garcia Weber Miller Meyer Davis Wagner "
        + "Rodriguez Becker Martinez Schulz Hernandez Hoffmann Lopez Schäfer Gonzalez Koch Wilson Bauer Anderson Richter "
        + "Thomas Klein Taylor Wolf Moore Schröder Jackson Neumann Martin Schwarz Lee Zimmermann Perez Braun Thompson Krüger "
        + "White Hofmann Harris Hartmann Sanchez Lange Clark Schmitt Ramirez Werner Lewis Krause Robinson Meier Walker Lehmann "
        + "Young Schmid Allen Schulze King Maier Wright Köhler Scott Herrmann Torres König Nguyen Walter Hill Mayer Flores "
        + "Huber Green Kaiser Adams Fuchs Nelson Peters Baker Lang Hall Scholz Rivera Möller Campbell Weiß Mitchell Jung "
        + "Carter Hahn Roberts Schubert Gomez Vogel Phillips Friedrich Evans Keller Turner Günther Diaz Frank Parker Berger "
        + "Cruz Winkler Edwards Roth Collins Beck Reyes Lorenz Stewart Baumann Morris Franke Morales Albrecht Murphy Schuster "
        + "Cook Simon Rogers Ludwig Gutierrez Böhm Ortiz Winter Morgan Kraus Cooper Martin Peterson Schumacher Bailey Krämer "
        + "Reed Vogt Kelly Stein Howard Jäger Ramos Otto Kim Sommer Cox Groß Ward Seidel Richardson Heinrich Watson Brandt "
        + "Brooks Haas Chavez Schreiber Wood Graf James Schulte Bennett Dietrich Gray Ziegler Mendoza Kuhn Ruiz Kühn Hughes "
        + "Pohl Price Engel Alvarez Horn Castillo Busch Sanders Bergmann Patel Thomas Myers Voigt Long Sauer Ross Arnold "
        + "Foster Wolff Jimenez Pfeiffer");

    public static readonly string[] Streets = Words(
        "Haupt Bahnhof Garten Schul Dorf Berg Kirch Wald Ring Linden Main High Church Park Station Mill Victoria Elm Oak "
        + "Maple Cedar Washington Lake Hill Walnut Spring Highland Queen King London Manor Schiller Goethe Mozart Beethoven "
        + "Rosen Birken Eichen Wiesen Feld Mühlen Brunnen Post Friedhofs Amsel Finken Meisen Tulpen Nelken");

    public static readonly string[] StreetTypes = Words("Street Road Avenue Lane Drive Court Place Crescent Strasse Weg Allee Platz");

    public static readonly string[] Trades = Words(
        "Consulting Software Systems Bau Elektro Immobilien Logistik Media Foods Motors Design Solutions Pharma Textil "
        + "Metall Energy Travel Security Print Garden Hotel Dental Optik Holz Technik Service Trading Partners Group");

    public static readonly string[] LegalForms = ["GmbH", "AG", "Ltd", "Inc.", "LLC", "GmbH & Co. KG", "S.A.", "S.r.l.", "B.V.", "plc"];

    public static readonly string[] Domains = Words(
        "gmail.com gmx.de web.de yahoo.com hotmail.com outlook.com icloud.com t-online.de aol.com mail.ru orange.fr");

    // A long tail of names, streets and towns is made of these.
    public static readonly string[] Beginnings = Words(
        "Al Ber Cor Dan El Fal Gar Hol In Jor Kal Lin Mar Nor Ol Pal Quin Ros Stein Tor Ul Ver Wal Yor Zim Brand Kirch Ober "
        + "Unter Wood Ash Black Stan Hamp Lock Wit Schön Grün Rei Nie");

    public static readonly string[] Middles = Words("a e i o u er en el an ar in ing ol ber ten der man ford by");

    public static readonly string[] Endings = Words(
        "mann berg stein feld hausen dorf heim bach ton ham ley worth son sen ski wicz ov ez elli etti ard ier eau ingham "
        + "field wood well burg hoff meyer rath");

    private static string[] Words(string text) => [.. text.Split(' ').Distinct(StringComparer.Ordinal)];
}
