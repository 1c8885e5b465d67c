using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Patron.Customers.Matching;

/// <summary>
/// Short forms of given names that do not begin like the name itself: Bob is Robert. Those that do are found without a list.
/// </summary>
internal static class Nicknames
{
    // Names that one person can go by.
    private static readonly string[] Groups =
    [
        "robert bob bobby rob robbie bert", "william bill billy will willy liam wilhelm willi", "richard dick rick ricky rich richie",
        "john jack johnny jon johann johannes hans", "james jim jimmy jamie", "edward ed eddie ted teddy ned eduard",
        "charles charlie chuck chas karl carl", "henry harry hank hal heinrich heinz henri",
        "margaret maggie meg peggy daisy greta margarete marge margie",
        "elizabeth liz lizzie beth betty bess eliza lisa elisabeth elsie libby sissi",
        "katherine catherine kate katie kathy cathy kitty kay katharina", "mary molly polly mae maria marie mia",
        "sarah sally sadie sara", "ann anne anna annie nancy nan hannah", "dorothy dot dolly dottie dora", "martha patty mattie",
        "helen nell nellie ellen lena helena eleanor nora", "joseph joe joey josef sepp jo", "thomas tom tommy",
        "michael mike mick mickey micky michel", "anthony tony anton toni antonio", "alexander alex sandy sascha xander alec",
        "alexandra alex sandra sasha", "andrew andy drew andreas", "frederick fred freddy fritz friedrich fredrick",
        "lawrence larry laurence lars lorenz", "theodore ted teddy theo", "francis frank fran franz",
        "frances fran fanny francesca franziska", "abraham abe bram", "albert al bert bertie", "alfred alf fred alfie",
        "benjamin ben benny", "daniel dan danny", "david dave davy", "donald don donnie", "douglas doug", "eugene gene",
        "gerald gerry jerry", "gregory greg", "harold harry hal", "jacob jake jakob", "jeffrey geoffrey jeff geoff", "kenneth ken kenny",
        "leonard len lenny leo", "matthew matt matthias", "nicholas nick nicky klaus nikolaus", "patrick pat paddy",
        "patricia pat patty trish tricia", "peter pete petra", "philip phil", "raymond ray", "ronald ron ronnie", "samuel sam sammy",
        "samantha sam", "stephen steven steve stefan", "susan sue susie suzanne susanne", "timothy tim", "vincent vince vinny",
        "walter walt wally", "barbara barb babs bobbie", "christine chris tina christina kirsten", "christopher chris kit christoph",
        "deborah debbie deb", "jennifer jenny jen", "jessica jess jessie", "judith judy", "kimberly kim", "pamela pam",
        "rebecca becky becca", "theresa terry tess tessa teresa", "victoria vicky tori", "virginia ginny", "josephine jo josie",
        "georg george jorg juergen", "ludwig louis lewis lou", "guenther guenter", "gustav gus augustus august", "isabella bella izzy",
        "abigail abby gail",
    ];

    private static readonly FrozenDictionary<ulong, ImmutableArray<int>> GroupsOf = Load();

    /// <summary>Whether both can be the name of one person.</summary>
    public static bool Are(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        GroupsOf.TryGetValue(ContentHash.Of(FirstWord(first)), out var one)
        && GroupsOf.TryGetValue(ContentHash.Of(FirstWord(second)), out var other) && one.AsSpan().ContainsAny(other.AsSpan());

    private static ReadOnlySpan<byte> FirstWord(ReadOnlySpan<byte> name) =>
        name.IndexOf((byte)' ') is > 0 and var blank ? name[..blank] : name;

    private static FrozenDictionary<ulong, ImmutableArray<int>> Load() => Groups.Index()
        .SelectMany(group => group.Item.Split(' ').Select(name => (Name: ContentHash.Of(Encoding.UTF8.GetBytes(name)), group.Index)))
        .GroupBy(name => name.Name, name => name.Index).ToFrozenDictionary(name => name.Key, name => name.ToImmutableArray());
}
