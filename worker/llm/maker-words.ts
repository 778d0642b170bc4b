// worker/llm/names-its-maker.ts -> [worker/llm/maker-words.ts]
// The words by which makers are known. What an operator registers comes on top: see worker/llm/own-names.ts.

const words = (list: string): string[] => list.trim().split(/\s+/);

/** Coined names: they mean a maker wherever they stand as words of their own. An underscore stands for a gap. */
export const coinedNames = words(`
  openai chatgpt anthropic claude deepseek deepmind qwen qwq groq openrouter chatglm zhipu zhipuai bigmodel mistral_ai
  mistralai moonshot_ai moonshotai kimi_k meta_ai google_ai doubao hunyuan tongyi wenxin ernie_bot internlm
  baichuan mixtral ministral pixtral codestral devstral nemotron starcoder wizardlm stablelm stability_ai dbrx ai21 cerebras
  sambanova huggingface perplexity_ai reka_ai aleph_alpha nous_research together_ai meta_llama codellama
  google_gemini google_bard microsoft_copilot github_copilot microsoft_phi amazon_nova amazon_titan amazon_bedrock
  cohere_command command_r_plus ibm_granite baidu_ernie 通义千问 文心一言 智谱
`);

/** Famous bearers of the name Claude, who build no pages. */
export const namesakes = words(`
  monet debussy shannon lorrain chabrol rains van levi-strauss lévi-strauss bernard garamond cahun perrault chappe mckay
  giroux juncker rousseau gounod louis nicollier lelouch berri sautet makelele pepper e\\.
`);

/** Families that are a word or a short name too; a version number makes them a model. */
export const numberedNames = words("gpt grok glm");
/** So does one for these, but behind a blank it may count something: a llama 2 years old. */
export const countedNames = words("llama gemma mistral ernie");

/**
 * Words far too common to flag: opus is a codec and a work of music, sonnet and haiku are poems, Gemini is a
 * constellation, the mistral a wind. They count only where the page says who made it ("made by Opus", "I am Nova").
 */
export const commonWords = words(`
  google meta microsoft amazon xai mistral llama grok gemma gemini bard opus sonnet haiku nova kimi ernie cohere copilot gpt
  glm perplexity baidu alibaba tencent bytedance nvidia moonshot hugging_face
`);

/** Common words that one also builds *with*: a ratio, a search for the best move, a line for the shell. */
export const toolWords = words("phi minimax command");

/** Of a model's registered names these tell nothing. */
export const genericWords = new Set(
  words(`
    ai model models chat pro mini max nano micro lite light tiny small medium large big huge base plus ultra turbo flash fast quick
    instant instruct preview latest stable beta alpha experimental exp test demo dev prod free paid online local cloud api apis
    lab labs inc llc ltd corp company open source coder code vision thinking reasoning reasoner think research assistant
    agent bot versatile distill distilled hosted proxy gateway server service provider dummy mock fake sample example default
    custom new old next version one two three the and for text language multimodal audio image high low premier edge core gguf
    gptq awq int fp bf quant quantized rehearsal canned novice apprentice artisan master writer judge coach
  `),
);

/** Names that an operator may register and that are words as well: they count as the common words do. */
export const ordinaryWords = new Set(
  words(`
    gpt oss luna sol terra azure aurora falcon granite titan sonar solar sage atlas apollo athena zeus nova orion vega lyra
    spark star stars starling horizon polaris quasar optimus sherlock pony ember nectar step seed dream wave waves pixel canvas
    palm lambda turing einstein newton darwin ada babbage curie davinci together fireworks replicate bedrock vertex modal
    chutes venice nous hermes maestro virtuoso inflection stability liquid magnum goliath midnight rose dolphin zephyr orca
    vicuna alpaca koala camel jurassic nemo bert cursor bolt lovable ollama vllm friendli hyperbolic parasail crusoe phoenix
    raven eagle hawk wolf fox tiger lion bear dragon owl whale shark bison gecko unicorn ocean river forest mountain sky cloud
    moon sun earth mars venus jupiter saturn neptune pluto mercury comet galaxy cosmos nebula pulsar photon quantum neutron
    proton electron fusion prism crystal diamond emerald ruby amber jade opal pearl onyx obsidian marble stone iron steel
    copper silver gold platinum cobalt carbon violet indigo scarlet coral ivory indie page window document table button script
    style data element node event layer grid block cell frame shape color colour game player world level score time clock
    echo mirror bridge tower castle harbor harbour lighthouse compass anchor voyager pioneer explorer discovery endeavour
    atlantis challenger genesis exodus eden olympus helios selene artemis hera ares hydra pegasus griffin sphinx oracle muse
    lyric poem prose verse story novel chorus melody harmony rhythm tempo symphony sonata aria ballad jazz tango waltz bishop
    knight rook queen king pawn arena trinity infinity zen karma nirvana lotus bamboo maple cedar oak pine willow olive lemon
    mango cherry peach berry apple orange banana grape honey cocoa coffee latte espresso mocha matcha snow frost storm thunder
    lightning rain breeze wind mist fog dawn dusk sunrise sunset twilight rainbow flame fire water air light shadow night day
    summer winter spring autumn north south east west central union global international national general standard premium
    basic simple smart bright clear deep wide open first prime delta gamma omega sigma theta zeta epsilon kappa
  `),
);
