/**
 * Words that may begin a sentence and are nobody's name: what is not among them, and not in the facts, is taken for a
 * name. Names that are words as well ("Mark", "Grace", "Bill") are left out.
 */
export const OPENERS: ReadonlySet<string> = new Set(
  // who and what
  (
    'i you he she it we they me us them your yours our ours my mine his her hers its their theirs this that these those ' +
    'here there everything anything something nothing everyone anyone someone everybody anybody somebody nobody none ' +
    'who whom whose what which when where why how whether whatever whenever wherever whichever ' +
    'the a an all any some each every either neither both another other others such no yes not nor ' +
    // joining words
    'and but or so if as because since although though while until unless once after before however therefore thus hence ' +
    'otherwise instead meanwhile besides still yet also then than too even only just again first second next last finally lastly ' +
    'for from to of in on at by with without within about above across against along among around behind below beneath beside ' +
    'between beyond despite down during except inside into like near off onto out outside over past per through throughout ' +
    'toward towards under up upon via regarding concerning according given depending due thanks ' +
    // how
    'unfortunately fortunately luckily sadly happily regrettably apparently currently presently recently lately previously ' +
    'originally initially eventually usually normally typically generally occasionally sometimes always never often already ' +
    'soon sooner later now today tonight tomorrow yesterday afterwards afterward shortly immediately right exactly actually ' +
    'basically certainly absolutely definitely surely sure clearly obviously honestly frankly sincerely truly really indeed ' +
    'perhaps maybe possibly probably hopefully ideally overall altogether together alternatively additionally moreover ' +
    'furthermore finally accordingly consequently nevertheless nonetheless similarly likewise specifically especially ' +
    // what one says to callers
    'hello hi hey welcome good great excellent perfect wonderful fantastic lovely nice fine ok okay alright well oh ah ' +
    'please sorry apologies apologise apologize thank thanks congratulations understood noted done got glad happy pleased ' +
    'bear feel rest allow let lets give take keep hold hang stay wait look check see note remember know find get go come ' +
    'call contact write reply ask tell say choose pick press type enter use try make have has had having do does did doing ' +
    'am is are was were be being been can could shall should would might must need needs want ' +
    "i'm i've i'll i'd you're you've you'll you'd we're we've we'll we'd they're they've they'll they'd it's it'll it'd " +
    "he's she's that's that'll there's there'll here's here're what's who's where's how's when's let's " +
    "don't doesn't didn't can't couldn't won't wouldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't " +
    'looking checking going coming waiting thinking considering knowing seeing hearing speaking talking ' +
    'based assuming provided providing compared ' +
    // what it is about
    'order orders package packages parcel parcels shipment shipments delivery deliveries shipping item items product ' +
    'products part parts refund refunds return returns payment payments invoice invoices account request requests appointment ' +
    'appointments visit visits delay delays status update updates news information details number date time most more much ' +
    'many few several less least half part one two three four five six seven eight nine ten ' +
    'new old early earlier late later latest current estimated expected scheduled additional further same different zip id'
  ).split(' '),
);

/** Openers that are common names too: words only where a sentence begins. */
export const ONLY_FIRST: ReadonlySet<string> = new Set(['will', 'may']);
