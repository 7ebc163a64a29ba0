package corpus

import "strings"

// The built-in corpus's ordinary words. Where a configuration asks for more entities than there are here, invented
// ones follow (see inventor).
var (
	peopleWords = pairs(`king queen, prince princess, actor actress, wizard witch, uncle aunt, monk nun, duke duchess,
		father mother, waiter waitress, nephew niece, host hostess, hero heroine, brother sister, emperor empress, steward stewardess,
		groom bride, son daughter, baron baroness, widower widow, sorcerer sorceress, heir heiress, poet poetess, lord lady, grandfather grandmother`)
	animalWords = pairs(`goose geese, mouse mice, wolf wolves, cat cats, ox oxen, fox foxes, horse horses, pony ponies,
		goat goats, badger badgers, otter otters, hedgehog hedgehogs, puppy puppies, donkey donkeys, parrot parrots, owl owls,
		beetle beetles, calf calves, spider spiders, lizard lizards, tiger tigers, monkey monkeys, rabbit rabbits, squirrel squirrels,
		butterfly butterflies, louse lice, walrus walruses, penguin penguins, turtle turtles, camel camels`)
	verbWords = pairs(`polish polished, hide hid, lose lost, break broke, find found, steal stole, mend mended, bring brought,
		draw drew, throw threw, shake shook, paint painted, carry carried, drop dropped, wash washed, weigh weighed, bury buried,
		burn burned, forget forgot, catch caught, keep kept, lift lifted, bend bent, hold held, take took, wear wore, tear tore,
		choose chose, wrap wrapped, kick kicked`)
	qualityWords = pairs(`sweet sweeter, hot hotter, cold colder, soft softer, good better, hard harder, bad worse, thick thicker,
		thin thinner, dark darker, bright brighter, heavy heavier, light lighter, smooth smoother, rough rougher, rich richer,
		cheap cheaper, fresh fresher, strange stranger, dry drier, strong stronger, sour sourer, pale paler, fine finer`)

	toolWords = strings.Fields(`crown ladder kettle lantern umbrella trumpet spoon hammer drum mirror candle carpet sword violin hat
		boot needle broom compass wheel whistle saddle bucket diary map bell anchor quill teapot purse`)
	mannerWords = strings.Fields(`gently slowly quickly proudly secretly loudly quietly badly happily sadly carefully politely bravely
		lazily angrily cheerfully clumsily eagerly nervously calmly`)
	traitWords = strings.Fields(`noisy hungry sleepy clever shy fluffy muddy wild tame fast greedy brave spotted striped lonely cheeky
		gentle stubborn nervous curious playful grumpy elegant plump hairy wise`)
	denWords  = strings.Fields(`burrow nest stable barn cave kennel pond tree hole cellar attic meadow swamp hedge hut ditch`)
	goodWords = strings.Fields(`amber silk salt copper wine wool timber pearls cheese marble tea tin coal glass ivory paper saffron
		leather fish cotton olives iron rum figs lace tar wax jade rice cork`)
	skyWords   = strings.Fields(`stormy golden foggy crimson starry grey rainy purple cloudless frosty smoky misty rosy leaden sunny windy`)
	stuffWords = strings.Fields(`honey pepper butter bread soup mustard snow gravel velvet mud steel smoke milk
		garlic ink chalk porridge ale`)

	fillerAdjectives = strings.Fields(`old tall small broken deep narrow green empty famous wooden round dusty`)
	fillerNouns      = strings.Fields(`mill river bridge tower well garden gate forest hill church road inn wall lake school bakery statue fountain`)
	// Words of the grammar itself, which no invented word may be.
	functionWords = strings.Fields(`the a one every this many two all these some any such of , . who which that met saw liked live sleep
		lives sleeps lies stands near behind beyond beside yesterday earlier once tomorrow soon later recently already formerly someday
		eventually presently will must shall his her by himself herself itself themselves is was are were in its their and under skies
		sells needs loves hoards seems stays very quite so much far even like than kingdom realm coast republic harbour market mayor
		cathedral people tribe navy court then but`)

	interjections = strings.Fields(`alas indeed perhaps hm naturally ahem hooray`)
)

// pairs reads "a b, c d" as {{a, b}, {c, d}}.
func pairs(list string) [][]string {
	var all [][]string
	for pair := range strings.SplitSeq(list, ",") {
		all = append(all, strings.Fields(pair))
	}
	return all
}
